import { OBSTACLE_TEXTS } from '../obstacle/obstacle-texts.ts';
import { APPROVALS } from './en/approval-texts.ts';
import { BULK } from './en/bulk-texts.ts';
import { COMMANDS } from './en/commands.ts';
import { CORRECTIONS } from './en/corrections.ts';
import { CRITERIA } from './en/criteria-texts.ts';
import { EXPORT_TEXTS } from './en/export-texts.ts';
import { FIND, FIND_WORDS } from './en/find-texts.ts';
import { FORECAST, FORECAST_WORDS } from './en/forecast-texts.ts';
import { IMPORTS } from './en/import-texts.ts';
import { LINES } from './en/lines.ts';
import { PRINTED_TEXTS } from './en/printed-texts.ts';
import { PRIVACY } from './en/privacy-texts.ts';
import { REASONS } from './en/reasons.ts';
import { REFUSALS } from './en/refusals.ts';
import type { LANGUAGES } from './languages.ts';
import { APPROVALS_RU } from './ru/approval-texts-ru.ts';
import { BULK_RU } from './ru/bulk-texts-ru.ts';
import { COMMANDS_RU } from './ru/commands-ru.ts';
import { CORRECTIONS_RU } from './ru/corrections-ru.ts';
import { CRITERIA_RU } from './ru/criteria-texts-ru.ts';
import { EXPORT_TEXTS_RU } from './ru/export-texts-ru.ts';
import { FIND_RU, FIND_WORDS_RU } from './ru/find-texts-ru.ts';
import { FORECAST_RU, FORECAST_WORDS_RU } from './ru/forecast-texts-ru.ts';
import { IMPORTS_RU } from './ru/import-texts-ru.ts';
import { LINES_RU } from './ru/lines-ru.ts';
import { PRINTED_TEXTS_RU } from './ru/printed-texts-ru.ts';
import { PRIVACY_RU } from './ru/privacy-texts-ru.ts';
import { REASONS_RU } from './ru/reasons-ru.ts';
import { REFUSALS_RU } from './ru/refusals-ru.ts';
import type { ParametersOf } from './translation.ts';

export type Language = (typeof LANGUAGES)[number];

/** Messages that records and answers contain in English, and that `translate` recognises. */
const FOUND_AGAIN = {
  ...APPROVALS,
  ...REASONS,
  ...REFUSALS,
  ...LINES,
  ...BULK,
  ...CORRECTIONS,
  ...FORECAST,
  ...IMPORTS,
  ...FIND,
  ...PRINTED_TEXTS,
  ...PRIVACY,
};
const EN = { ...FOUND_AGAIN, ...CRITERIA, ...COMMANDS, ...EXPORT_TEXTS, ...FORECAST_WORDS, ...FIND_WORDS };
const ACTS_RU = {
  ...APPROVALS_RU,
  ...BULK_RU,
  ...CORRECTIONS_RU,
  ...FORECAST_RU,
  ...IMPORTS_RU,
  ...FIND_RU,
  ...PRIVACY_RU,
};
const OTHERS_RU = { ...CRITERIA_RU, ...COMMANDS_RU, ...EXPORT_TEXTS_RU, ...FORECAST_WORDS_RU, ...FIND_WORDS_RU };
const RU = { ...PRINTED_TEXTS_RU, ...REASONS_RU, ...REFUSALS_RU, ...LINES_RU, ...ACTS_RU, ...OTHERS_RU };
const WORDINGS: Record<Language, Record<keyof typeof EN, string>> = { en: EN, ru: RU };

export type MessageCode = keyof typeof EN;
/** The messages that `translate` recognises. */
export const TRANSLATED_CODES = Object.keys(FOUND_AGAIN) as (keyof typeof FOUND_AGAIN)[];

type Parameters<Code extends MessageCode> = [ParametersOf<(typeof EN)[Code]>] extends [never]
  ? []
  : [parameters: Record<ParametersOf<(typeof EN)[Code]>, string | number>];

/**
 * A message in English, as it is stored and logged. Parameters must not contain personal data that may not be stored.
 */
export function message<Code extends MessageCode>(code: Code, ...[parameters]: Parameters<Code>): string {
  return fill(EN[code], parameters ?? {});
}

/** Like `message`, in a given language. */
export function messageIn<Code extends MessageCode>(
  language: Language,
  code: Code,
  ...[parameters]: Parameters<Code>
): string {
  return fill(WORDINGS[language][code], parameters ?? {});
}

/** A text in each language. */
export function inEach(say: (language: Language) => string): Record<Language, string> {
  return { en: say('en'), ru: say('ru') };
}

export function isMessage(code: string): code is MessageCode {
  return Object.hasOwn(EN, code);
}

/** Literal texts and parameter names of a wording alternately, by wording. */
const partsOf = new Map<string, readonly string[]>();

function fill(wording: string, parameters: Record<string, string | number>): string {
  const parts = partsOf.get(wording) ?? wording.split(/\{(\w+)\}/);
  partsOf.set(wording, parts);
  let text = parts[0] ?? '';
  for (let index = 1; index < parts.length; index += 2)
    text += String(parameters[parts[index] ?? '']) + (parts[index + 1] ?? '');
  return text;
}

interface Pattern {
  /** Null: the text of an obstacle. */
  code: MessageCode | null;
  /** The wording in the other language. */
  ru: string;
  /** Literal texts and parameter names alternately; the first and the last are literal. */
  parts: string[];
  /** Length of the fixed text of the wording. If two wordings match a text, the longer one is used. */
  fixed: number;
}

/** The texts of obstacles are declared in `domain/obstacle/`, beside their rules. */
const OBSTACLES = Object.values(OBSTACLE_TEXTS).map(({ en, ru }) => ({
  code: null,
  en: en('{about}'),
  ru: ru('{about}'),
}));

const PATTERNS: Pattern[] = [...TRANSLATED_CODES.map((code) => ({ code, en: EN[code], ru: RU[code] })), ...OBSTACLES]
  .map(({ code, en, ru }) => {
    const parts = en.split(/\{(\w+)\}/);
    return { code, ru, parts, fixed: parts.filter((_, index) => index % 2 === 0).join('').length };
  })
  .filter(({ fixed }) => fixed > 0)
  .sort((a, b) => b.fixed - a.fixed);

/** Parameters that are messages themselves, and so are translated. */
const MESSAGES: ReadonlySet<string> = new Set([
  'about',
  'detail',
  'fault',
  'seen',
  'finding',
  'criterion',
  'mend',
  'actual',
  'need',
  'value',
  'sign',
  'reading',
  'why',
]);
/** Of these parameters, those that may contain several messages, separated by "; ". */
const SEVERAL: ReadonlySet<string> = new Set(['about', 'detail', 'fault', 'seen', 'finding', 'criterion']);
const BETWEEN = '; ';

/** The parameters for which a wording gives this text; null when it cannot. Linear in the text's length. */
function parametersOf(text: string, parts: readonly string[]): Record<string, string> | null {
  const [first = ''] = parts;
  if (!text.startsWith(first)) return null;
  const parameters: Record<string, string> = {};
  let at = first.length;
  for (let index = 1; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    const after = parts[index + 1] ?? '';
    const isLast = index + 2 >= parts.length;
    const end = !isLast ? text.indexOf(after, at + 1) : text.endsWith(after) ? text.length - after.length : -1;
    if (end <= at) return null;
    const value = text.slice(at, end);
    if (value.includes(BETWEEN) && !SEVERAL.has(name)) return null;
    if ((parameters[name] ?? value) !== value) return null;
    parameters[name] = value;
    at = end + after.length;
  }
  return at === text.length ? parameters : null;
}

/** Maximum depth of messages in messages; real ones are less deep. */
const DEEPEST = 6;

/**
 * Translates a text made by `message`. Other parts (names, ids, people's own words) stay unchanged. It also accepts several
 * messages separated by "; ", and a message after the name of a field ("project.title: …").
 */
export function translate(text: string, language: Language): string {
  return language === 'en' ? text : (translated(text, language, 0) ?? text);
}

/** The code of a text made by `message`; null when it is none, or the text of an obstacle. */
export function codeOf(text: string): MessageCode | null {
  return PATTERNS.find(({ parts }) => parametersOf(text, parts) !== null)?.code ?? null;
}

function translated(text: string, language: Language, depth: number): string | null {
  return depth > DEEPEST
    ? null
    : (one(text, language, depth) ?? several(text, language, depth) ?? behindField(text, language, depth));
}

function one(text: string, language: Language, depth: number): string | null {
  for (const { ru, parts } of PATTERNS) {
    const parameters = parametersOf(text, parts);
    if (parameters === null) continue;
    for (const [name, value] of Object.entries(parameters))
      if (MESSAGES.has(name)) parameters[name] = translated(value, language, depth + 1) ?? value;
    return fill(ru, parameters);
  }
  return null;
}

/** A message may contain the separator itself, so the longest prefix that is a message is tried first. */
function several(text: string, language: Language, depth: number): string | null {
  const parts = text.split(BETWEEN);
  if (parts.length === 1) return null;
  const said: string[] = [];
  let isKnown = false;
  for (let from = 0; from < parts.length; ) {
    let to = parts.length - (from === 0 ? 1 : 0);
    let known: string | null = null;
    for (; to > from; to--) {
      const piece = parts.slice(from, to).join(BETWEEN);
      known = one(piece, language, depth + 1) ?? behindField(piece, language, depth + 1);
      if (known !== null) break;
    }
    if (known === null) to = from + 1;
    said.push(known ?? parts[from] ?? '');
    isKnown ||= known !== null;
    from = to;
  }
  return isKnown ? said.join(BETWEEN) : null;
}

function behindField(text: string, language: Language, depth: number): string | null {
  const [, field = '', rest = ''] = /^([^\s:]+(?:, name)?: )(.+)$/s.exec(text) ?? [];
  const known = rest === '' ? null : translated(rest, language, depth + 1);
  return known === null ? null : `${field}${known}`;
}
