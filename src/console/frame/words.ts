import type { Language } from '../../domain/messages/message.ts';
import { isolateDirection } from '../../platform/http/text-direction.ts';

/** The texts of one part of the console, in each language. No native speaker has read the Russian ones. */
export type WordsByLanguage<T extends Record<string, string>> = Record<Language, Record<keyof T, string>>;

/** Declares texts; the compiler requires the same names in each language. `{name}` is a place for `fill`. */
export function declareWords<T extends Record<string, string>>(en: T, ru: Record<keyof T, string>): WordsByLanguage<T> {
  return { en, ru };
}

/** Puts values into the places of a text, each isolated in its direction of writing; the markup escapes them later. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => isolateDirection(String(values[name] ?? '')));
}
