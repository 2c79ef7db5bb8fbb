import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** A YAML file read into data, with the line of every value, so that a fault names the place a person opens. */
export interface YamlFile {
  data: unknown;
  /** Faults of syntax, one line each: `file:line: what`. */
  faults: string[];
  /** The line (from 1) where the value at a path stands, or the nearest value around it that is there. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Parses YAML; `file` is the name used in faults. */
export function readYaml(file: string, source: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false });
  const faults = document.errors.map(
    (fault) => `${file}:${counter.linePos(fault.pos[0]).line}: not readable as YAML: ${fault.message}`,
  );
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const key = path[depth - 1];
      const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(key)) : undefined;
      const node: unknown = pair?.key ?? document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
    }
    return 1;
  };
  return { data: faults.length > 0 ? null : document.toJS(), faults, lineOf };
}

function wordIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}: remove it or mend its spelling`;
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('undefined')) {
    return `missing: add it (${issue.expected}), see templates/README.md`;
  }
  return issue.message;
}

/** Turns the findings of a schema into lines `file:line: field: what and how to mend`. */
export function schemaFaults(file: string, yaml: YamlFile, error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const line = yaml.lineOf([...issue.path, ...keys]);
    const field = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    return `${file}:${line}: ${field}${wordIssue(issue)}`;
  });
}
