import { message } from '../../messages/message.ts';

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

/** Finding and advice in one English sentence, without the text itself. */
export function sentence(sign: Sign, kind: TextKind): string {
  return message(kind === 'name' ? 'doubt.name' : 'doubt.text', { sign: message(`sign.${sign}`) });
}
