import type { Language } from '../../domain/messages/message.ts';

/** The name of a BCP 47 language in the reader's language. */
export function languageName({ language }: { language: Language }, code: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(code) ?? code;
}
