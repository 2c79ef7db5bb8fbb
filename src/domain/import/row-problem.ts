import type { MessageCode } from '../messages/message.ts';
import { message } from '../messages/message.ts';

type Codes<Prefix extends string> =
  Extract<MessageCode, `${Prefix}${string}`> extends `${Prefix}${infer Code}` ? Code : never;

/** What can be wrong with a row; each has two messages, `import.row.<code>` and `import.mend.<code>`. */
export type ProblemCode = Codes<'import.row.'> & Codes<'import.mend.'>;

/** One problem of a row: where, what, and how to mend it. `value` is personal data; the messages are not. */
export interface RowProblem {
  code: ProblemCode;
  /** `C17`; null where the whole row is meant. */
  cell: string | null;
  value: string | null;
  detail: string;
  mend: string;
}

const MOST_SHOWN = 200;

/** @param more further facts for the messages, without personal data */
export function rowProblem(
  code: ProblemCode,
  { cell = null, value = null }: { cell?: string | null; value?: string | null },
  more: Record<string, string | number> = {},
): RowProblem {
  const say = message as (code: string, parameters: Record<string, string | number>) => string;
  const shown = value === null ? null : value.slice(0, MOST_SHOWN);
  return { code, cell, value: shown, detail: say(`import.row.${code}`, more), mend: say(`import.mend.${code}`, more) };
}
