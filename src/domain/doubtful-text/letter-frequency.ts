/** Letters of Russian names, from the most to the least frequent; those that Ukrainian and Belarusian add count as usual. */
const BY_FREQUENCY = 'аиоенврлкстмудгйбяьзхшюпчфжцщыэъ';
const RANK = new Map([...BY_FREQUENCY].map((letter, rank) => [letter, rank / (BY_FREQUENCY.length - 1)]));
const UNKNOWN = 0.9;
for (const letter of 'ёіїєґў') RANK.set(letter, 0.5);
const VOWELS = /[аеиоуыэюяёіїєәөүұӣӯў]/gu;

/** How much a text of Cyrillic reads like names or words, by its letters alone: about 0.7 for a name, 0.3 for rubbish; 0–1. */
export function naturalness(text: string): number {
  const letters = text.toLowerCase().match(/\p{Script=Cyrillic}/gu) ?? [];
  if (letters.length === 0) return 0;
  let rank = 0;
  for (const letter of letters) rank += RANK.get(letter) ?? UNKNOWN;
  const vowels = (text.toLowerCase().match(VOWELS)?.length ?? 0) / letters.length;
  const tooFewVowels = letters.length > 3 && vowels < 0.2 ? 0.3 : 0;
  return Math.max(0, 1 - rank / letters.length - tooFewVowels);
}
