/** How a country writes names. */
export const NAME_ORDERS = ['family-first', 'given-first'] as const;
export type NameOrder = (typeof NAME_ORDERS)[number];

/**
 * A name as a country writes it. It is unchanged where nobody says which of its words are the family name, or where these stand neither
 * first nor last: words are never guessed.
 * @param name in the normal form of `normaliseName`
 */
export function orderedName(name: string, familyName: string | null | undefined, order: NameOrder | undefined): string {
  const family = familyName?.normalize('NFC').replace(/\s+/g, ' ').trim() ?? '';
  if (order === undefined || family === '') return name;
  const given = name.startsWith(`${family} `)
    ? name.slice(family.length + 1)
    : name.endsWith(` ${family}`)
      ? name.slice(0, -family.length - 1)
      : null;
  if (given === null) return name;
  return order === 'family-first' ? `${family} ${given}` : `${given} ${family}`;
}
