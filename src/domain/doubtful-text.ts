/** Why a text that people typed is probably not what they meant. */
export interface Doubt {
  /** What was found, as one English sentence without the text itself. */
  finding: string;
  /** The text that was probably meant, where it can be computed; never itself doubtful. */
  suggestion: string | null;
}

/** A person's name, or a line such as a title, where a single odd word is no fault. */
export type DoubtKind = 'name' | 'title';

/** Words that programs write where a value is missing. Only whole values count: some people are called Null. */
const ABSENT = new Set(['undefined', 'null', 'none', 'n/a', 'nan']);

/** Looks for signs that a text is no name or title, or was damaged on its way. @returns null: nothing was found */
export function doubtOf(text: string, _kind: DoubtKind): Doubt | null {
  if (ABSENT.has(text.trim().toLowerCase()))
    return { finding: 'The text is a word that programs write for a missing value.', suggestion: null };
  return null;
}
