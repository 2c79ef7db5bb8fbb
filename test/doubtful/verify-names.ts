import { parseArgs } from 'node:util';
import { doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { normaliseName } from '../../src/domain/text/name.ts';
import { DAMAGES } from './damage.ts';
import { LANGUAGES, namesEverywhere, namesIn } from './names.ts';
import { type Recall, recallInLanguages } from './recall.ts';
import { titles } from './titles.ts';

/**
 * `npm run verify:names [-- --names 200000 --titles 2000 --damaged 20000 --seed 1]`: how many good names and titles
 * are held (each is listed), and how many good names damaged by real programs are held, per language and program.
 * Exit code 1 when more than one good name or title of 10,000 is held, or fewer than 99 of 100 damaged ones in a
 * language.
 */
const { values } = parseArgs({
  options: {
    names: { type: 'string', default: '200000' },
    titles: { type: 'string', default: '2000' },
    damaged: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const say = (text: string) => process.stdout.write(`${text}\n`);
let faults = 0;

const names = namesEverywhere(Number(values.names), seed);
const unprintable = names.filter(({ name }) => !normaliseName(name).ok);
const heldNames = names.flatMap(({ locale, name }) => {
  const result = normaliseName(name);
  const doubt = result.ok ? doubtOf(result.name, 'name') : null;
  return doubt ? [`${locale}: ${name} (${doubt.sign})`] : [];
});
say(
  `Good names: ${names.length} of ${new Set(names.map(({ locale }) => locale)).size} locales, ${heldNames.length} held`,
);
say(`  ${unprintable.length} more are not printable by a rule of their own, and are no matter of this`);
for (const line of heldNames) say(`  ${line}`);
if (heldNames.length > names.length / 10_000) faults++;

const good = titles(Number(values.titles), seed);
const heldTitles = good.flatMap((title) => {
  const doubt = doubtOf(title, 'title');
  return doubt ? [`${title} (${doubt.sign})`] : [];
});
say(`Good titles: ${good.length}, ${heldTitles.length} held`);
for (const line of heldTitles) say(`  ${line}`);
if (heldTitles.length > good.length / 10_000) faults++;

const share = Math.ceil(Number(values.damaged) / LANGUAGES.length);
const sources = new Map(LANGUAGES.map((language) => [language, namesIn(language, share, seed, true)]));
const percent = (part: number, whole: number) => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1));
say(`Damaged names: ${share} a language; held % / rightly mended % of those that were changed`);
say(`${''.padEnd(50)}${LANGUAGES.map((language) => language.padStart(13)).join('')}`);
const sums = new Map<string, { changed: number; held: number }>();
const missed: string[] = [];
const wrong: string[] = [];
for (const damage of DAMAGES) {
  const recalls = await recallInLanguages(sources, damage);
  const cell = ({ changed, held, mended }: Recall) =>
    `${percent(held, changed)}/${percent(mended, changed)}`.padStart(13);
  say(`${damage.tool.padEnd(50)}${recalls.map(([, recall]) => cell(recall)).join('')}`);
  for (const [language, recall] of recalls) {
    const sum = sums.get(language) ?? { changed: 0, held: 0 };
    sums.set(language, { changed: sum.changed + recall.changed, held: sum.held + recall.held });
    if (recall.missed.length > 0)
      missed.push(
        `${damage.tool}, ${language}: ${recall.missed.length}, such as ${recall.missed.slice(0, 3).join('; ')}`,
      );
    if (recall.wrong.length > 0)
      wrong.push(`${damage.tool}, ${language}: ${recall.wrong.length}, such as ${recall.wrong.slice(0, 2).join('; ')}`);
  }
}
say(
  `${'all'.padEnd(50)}${LANGUAGES.map((language) => percent(sums.get(language)?.held ?? 0, sums.get(language)?.changed ?? 0).padStart(13)).join('')}`,
);
say('Not held:');
for (const line of missed) say(`  ${line}`);
say('Mended to another text:');
for (const line of wrong) say(`  ${line}`);
for (const { changed, held } of sums.values()) if (held < 0.99 * changed) faults++;
process.exitCode = faults === 0 ? 0 : 1;
