export type PluralForm = Intl.LDMLPluralRule;

function rulesFor(language: string, type: 'cardinal' | 'ordinal'): Intl.PluralRules | null {
  // An unknown language would take the rules of this host's own, which differ from host to host.
  return Intl.PluralRules.supportedLocalesOf(language).length === 0 ? null : new Intl.PluralRules(language, { type });
}

/** Forms that a language distinguishes (CLDR): of counted things, or of ordinal numbers. `other` alone where CLDR has none. */
export function pluralForms(language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm[] {
  return rulesFor(language, type)?.resolvedOptions().pluralCategories ?? ['other'];
}

/** The form that a number asks for. */
export function pluralForm(value: number, language: string, type: 'cardinal' | 'ordinal' = 'cardinal'): PluralForm {
  return rulesFor(language, type)?.select(value) ?? 'other';
}
