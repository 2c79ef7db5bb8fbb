export type PluralForm = Intl.LDMLPluralRule;

function rulesFor(language: string, type: 'cardinal' | 'ordinal'): Intl.PluralRules | null {
  // For an unknown language `Intl` would use the rules of the host's locale, which differ between hosts.
  return Intl.PluralRules.supportedLocalesOf(language).length === 0 ? null : new Intl.PluralRules(language, { type });
}

/** Plural forms of a language (CLDR), cardinal or ordinal; only `other` when CLDR has no rules. */
export function pluralForms(language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm[] {
  return rulesFor(language, type)?.resolvedOptions().pluralCategories ?? ['other'];
}

/** The plural form for a number. */
export function pluralForm(value: number, language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm {
  return rulesFor(language, type)?.select(value) ?? 'other';
}
