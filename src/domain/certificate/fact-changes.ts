import type { DiplomaFacts } from './diploma-facts.ts';

/** One fact that a new version prints differently; values are as in `DiplomaFacts`. */
export interface FactChange {
  /** Path in the facts, such as `holderName` or `programme[0].title`. */
  field: string;
  /** Null: it was not printed. */
  before: string | number | null;
  after: string | number | null;
}

/** Paths of facts that nobody reads on the diploma. */
const UNCOMPARED: ReadonlySet<string> = new Set(['credential', 'version', 'signatory.id', 'secondSignatory.id']);

/** The differences between two versions, in the order of the facts. */
export function factChanges(before: DiplomaFacts, after: DiplomaFacts): FactChange[] {
  const was = leaves(before);
  const is = leaves(after);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) => {
    const change = { field, before: was.get(field) ?? null, after: is.get(field) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

function leaves(value: unknown, path = ''): Map<string, string | number> {
  if (typeof value === 'string' || typeof value === 'number') return new Map([[path, value]]);
  if (value === null || typeof value !== 'object') return new Map();
  const at = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  const entries = Object.entries(value).filter(([key]) => !UNCOMPARED.has(at(key)));
  return new Map(entries.flatMap(([key, part]) => [...leaves(part, at(key))]));
}
