import type { RequestHandler, Response } from 'express';
import { LANGUAGES } from '../../domain/messages/languages.ts';
import { type Language, translate } from '../../domain/messages/message.ts';

/** Fields of answers that hold messages for people. */
const TEXTS: ReadonlySet<string> = new Set(['detail', 'notice', 'releaseFault', 'invalid', 'shiftReason', 'mend']);

/** Middleware: chooses the language of the answer's messages by `Accept-Language`; English by default. */
export const chooseCoordinatorLanguage: RequestHandler = (req, res, next) => {
  const language = (req.acceptsLanguages([...LANGUAGES]) || LANGUAGES[0]) as Language;
  res.locals['language'] = language;
  res.vary('Accept-Language').set('Content-Language', language);
  const json = res.json.bind(res);
  res.json = (body) => json(inLanguageOf(res, body));
  next();
};

/** An answer's body with its messages translated to the caller's language; unchanged if the route has no language choice. */
export function inLanguageOf<T>(res: Response, body: T): T {
  const language = (res.locals['language'] as Language | undefined) ?? LANGUAGES[0];
  return language === LANGUAGES[0] ? body : (translated(body, language, new Map()) as T);
}

/** @param known translations made so far in this answer, because many rows have the same text */
function translated(value: unknown, language: Language, known: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => translated(item, language, known));
  // Objects such as Date stay unchanged; JSON.stringify converts them later.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner !== 'string') return [name, translated(inner, language, known)];
      if (!TEXTS.has(name)) return [name, inner];
      const text = known.get(inner) ?? translate(inner, language);
      known.set(inner, text);
      return [name, text];
    }),
  );
}
