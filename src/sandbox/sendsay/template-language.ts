/**
 * The provider executes its template language in every letter text. The sandbox does the same with a minimal subset:
 * numbers, text, `+ - * /`, brackets, and variables. Anything else between the marks becomes empty, like an unknown
 * variable.
 */

/** Variables by dotted path, for example `anketa.customer.id`. */
export type TemplateVariables = Record<string, unknown>;

/** Replaces every `[% … %]` and `[[%% … %%]]` by its value, as the recipient sees it. */
export function executeTemplate(text: string, variables: TemplateVariables): string {
  return text.replace(/\[\[%%([\s\S]*?)%%\]\]|\[%([\s\S]*?)%\]/g, (_all, double: string | undefined, single: string) =>
    evaluate((double ?? single).replace(/^[-+=~]|[-+=~]$/g, ''), variables),
  );
}

type Value = string | number;

function evaluate(source: string, variables: TemplateVariables): string {
  const tokens = source.match(/"[^"]*"|'[^']*'|\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\.\w+|\[\d+\])*|[-+*/()]|\S/g) ?? [];
  let position = 0;
  const next = () => tokens[position++];

  const factor = (): Value => {
    const token = next();
    if (token === '(') {
      const inside = sum();
      if (next() !== ')') throw new SyntaxError('unbalanced');
      return inside;
    }
    if (token === '-') return -Number(factor());
    if (token === undefined) throw new SyntaxError('unfinished');
    if (/^\d/.test(token)) return Number(token);
    if (/^["']/.test(token)) return token.slice(1, -1);
    if (/^[A-Za-z_]/.test(token)) return lookUp(token, variables);
    throw new SyntaxError('unknown');
  };
  const product = (): Value => {
    let left = factor();
    while (tokens[position] === '*' || tokens[position] === '/') {
      const divide = next() === '/';
      const right = Number(factor());
      left = divide ? Number(left) / right : Number(left) * right;
    }
    return left;
  };
  const sum = (): Value => {
    let left = product();
    while (tokens[position] === '+' || tokens[position] === '-') {
      const minus = next() === '-';
      const right = Number(product());
      left = minus ? Number(left) - right : Number(left) + right;
    }
    return left;
  };

  try {
    const value = sum();
    if (position < tokens.length || (typeof value === 'number' && !Number.isFinite(value))) return '';
    return String(value);
  } catch {
    return '';
  }
}

function lookUp(path: string, variables: TemplateVariables): Value {
  if (Object.hasOwn(variables, path)) return scalar(variables[path]);
  let value: unknown = variables;
  for (const key of path.split(/[.[\]]/).filter((part) => part !== '')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
    value = (value as Record<string, unknown>)[key];
  }
  return scalar(value);
}

function scalar(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' ? value : '';
}
