import { inEach, type Language, messageIn } from '../messages/message.ts';
import type { SeenCountry } from './country.ts';

/** One line for the coordinator, in each of the coordinators' languages. */
export interface Question {
  en: string;
  ru: string;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sayings(all: readonly SeenCountry[], language: Language): string {
  const seen = all.filter(({ source, code }) => code !== null || (source !== 'phone' && source !== 'timezone'));
  const texts = seen.map(({ source: from, code, match }) => {
    const source = messageIn(language, `source.${from}`);
    if (code === null) return messageIn(language, 'question.unclear', { source });
    if (match === 'doubtful-code') return messageIn(language, 'question.shared-code', { source, code });
    return messageIn(language, match === 'fuzzy' ? 'question.misspelt' : 'question.says', { source, code });
  });
  return capital(texts.join(', '));
}

/** The question when no country is certain. It names sources and ISO codes, never the original text. */
export function askCountry(seen: readonly SeenCountry[]): Question {
  return inEach((language) => {
    const statements = sayings(seen, language);
    if (statements === '') return messageIn(language, 'question.nowhere');
    return messageIn(language, 'question.which', { sayings: statements });
  });
}

/** The question when the only country comes from a misspelling that nothing confirms. */
export function askWhetherMeant(code: string, seen: readonly SeenCountry[]): Question {
  return inEach((language) => messageIn(language, 'question.whether', { sayings: sayings(seen, language), code }));
}
