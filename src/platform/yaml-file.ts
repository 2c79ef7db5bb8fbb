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

function wordIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown ${issue.keys.map((key) => `"${key}"`).join(', ')}: remove it or correct its spelling`;
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('undefined')) {
    return `missing: add it (${issue.expected}), see templates/README.md`;
  }
  return issue.message;
}

/** Converts schema faults to lines `file:line: field: fault and advice`. */
export function schemaFaults(file: string, yaml: YamlFile, error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const line = yaml.lineOf([...issue.path, ...keys]);
    const field = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    return `${file}:${line}: ${field}${wordIssue(issue)}`;
  });
}
