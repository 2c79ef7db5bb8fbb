import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** A parsed YAML file with the line of every value, for messages. */
export interface YamlFile {
  data: unknown;
  /** Syntax faults, one per line: `file:line: fault`. */
  faults: string[];
  /** The line (from 1) of the value at a path, or of its nearest existing parent. */
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

const UNKNOWN_KEYS = 'unrecognized_keys';
/** What a schema expects, in words. */
const FORMS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
  date: 'a date such as 2026-11-20',
  datetime: 'a time such as 2026-11-20T09:00:00Z',
  email: 'an e-mail address',
  url: 'an address such as https://example.org',
};
/** What the numbers of too small and too large values count. */
const UNITS: Readonly<Record<string, 'characters' | 'entries'>> = {
  string: 'characters',
  array: 'entries',
  set: 'entries',
};
const ONE = { characters: 'one character', entries: 'one entry' };
/** The beginnings of the library's own messages; every other one was written for its field. */
const LIBRARY_WORDS = /^(Invalid|Too|Unrecognized)\b/;
const LONGEST_SHOWN = 60;

/** A value of the file as a message shows it: lists and keys by their kind, since they can be long. */
function shown(value: unknown): string {
  if (value === null || value === '') return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function counted(limit: string, number: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  if (unit === undefined) return `${limit} ${number}`;
  return `${limit} ${Number(number) === 1 ? ONE[unit] : `${number} ${unit}`}`;
}

/** What to write, for the usual faults; null: nothing better than the rule's name is known. */
function expectation(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return FORMS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'invalid_format':
      return issue.format === 'regex' ? `text of the form ${issue.pattern}` : (FORMS[issue.format] ?? issue.format);
    case 'too_small':
      return counted(issue.inclusive ? 'at least' : 'more than', issue.minimum, issue.origin);
    case 'too_big':
      return counted(issue.inclusive ? 'at most' : 'less than', issue.maximum, issue.origin);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return null;
  }
}

function wordIssue(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === UNKNOWN_KEYS)
    return `unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}: remove it or correct its spelling`;
  if (!LIBRARY_WORDS.test(issue.message)) return issue.message;
  const expected = expectation(issue);
  if (value === undefined)
    return `missing: add it${expected === null ? '' : ` (${expected})`}, see templates/README.md`;
  if (expected === null) return `not as expected: found ${shown(value)}, see templates/README.md`;
  const isSize = issue.code === 'too_small' || issue.code === 'too_big';
  const found = isSize && typeof value === 'object' ? '' : `, found ${shown(value)}`;
  return `expected ${expected}${found}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  );
}

/** Converts schema faults to lines `file:line: field: fault and advice`. */
export function schemaFaults(file: string, yaml: YamlFile, error: z.ZodError): string[] {
  // Of a value of the wrong type, the library checks the length too: that of a text where a list is expected.
  const mistyped = error.issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => path.join('\n'));
  const issues = error.issues.filter(
    ({ code, path }) => code === 'invalid_type' || !mistyped.includes(path.join('\n')),
  );
  return issues.map((issue) => {
    const keys = issue.code === UNKNOWN_KEYS ? issue.keys.slice(0, 1) : [];
    const line = yaml.lineOf([...issue.path, ...keys]);
    const field = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    return `${file}:${line}: ${field}${wordIssue(issue, valueAt(yaml.data, issue.path))}`;
  });
}
