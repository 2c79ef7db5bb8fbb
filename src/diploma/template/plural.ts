import { RecentCache } from '../recent-cache.ts';

export type PluralForm = Intl.LDMLPluralRule;

/** Looking rules up takes longer than using them; the languages are those of the templates. */
const known = new Map<string, Intl.PluralRules | null>();

function rulesFor(language: string, type: 'cardinal' | 'ordinal'): Intl.PluralRules | null {
  const key = `${type} ${language}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // For an unknown language `Intl` would use the rules of the host's locale, which differ between hosts.
  const isKnown = Intl.PluralRules.supportedLocalesOf(language).length > 0;
  const rules = isKnown ? new Intl.PluralRules(language, { type }) : null;
  known.set(key, rules);
  return rules;
}

/** Plural forms of a language (CLDR), cardinal or ordinal; only `other` when CLDR has no rules. */
export function pluralForms(language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm[] {
  return rulesFor(language, type)?.resolvedOptions().pluralCategories ?? ['other'];
}

/** Hours and years repeat from diploma to diploma, and a rule takes some microseconds. */
const CHOSEN = 1000;
const chosen = new RecentCache<PluralForm>(CHOSEN);

/** The plural form for a number. */
export function pluralForm(value: number, language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm {
  return chosen.keep(`${type} ${language} ${value}`, () => rulesFor(language, type)?.select(value) ?? 'other');
}
