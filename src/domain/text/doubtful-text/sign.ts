/** Why a text is doubtful, as a stable machine-readable word. */
export type Sign =
  | 'absent'
  | 'placeholder'
  | 'program-data'
  | 'heading'
  | 'email'
  | 'login'
  | 'spreadsheet'
  | 'deleted'
  | 'test-entry'
  | 'lost-letters'
  | 'charset'
  | 'escaped'
  | 'tags'
  | 'alphabets'
  | 'caps-lock'
  | 'marks'
  | 'remark';

export type TextKind = 'name' | 'title';

/** A finding, and the text before the damage if that is certain; it may have further faults. */
export interface Found {
  sign: Sign;
  mended: string | null;
}

export const found = (sign: Sign, mended: string | null = null): Found => ({ sign, mended });

const SAYS: Readonly<Record<Sign, string>> = {
  absent: 'is a word for a missing value',
  placeholder: 'looks like a placeholder that was never filled in',
  'program-data': 'looks like the data of a program',
  heading: 'looks like the heading of a column or field',
  email: 'looks like an e-mail address',
  login: 'looks like an account name',
  spreadsheet: 'looks like an error or a formula of a spreadsheet',
  deleted: 'tells of a deleted account',
  'test-entry': 'looks like an entry that was made for a test',
  'lost-letters': 'has lost letters; question marks stand in their place',
  charset: 'was read with the wrong character set, so its letters are wrong',
  escaped: 'holds codes in place of characters',
  tags: 'holds HTML tags',
  alphabets: 'has letters of two alphabets in one word',
  'caps-lock': 'has small and capital letters turned round',
  marks: 'holds digits, quotes or other marks that do not belong there',
  remark: 'holds a remark beside the name',
};

/** Finding and advice in one English sentence, without the text itself. */
export function sentence(sign: Sign, kind: TextKind): string {
  return kind === 'name'
    ? `The name ${SAYS[sign]}; correct it in the LMS, or override it.`
    : `The text ${SAYS[sign]}; correct it where it was entered.`;
}
