import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { InputError } from '../../domain/failure.ts';
import type { PreviewChoice } from '../../ports/previews.ts';
import type { PrintedFact } from '../../ports/printer.ts';
import type { TemplateBundle } from '../template/template.ts';
import { SAMPLE_HOLDERS, type SampleHolder } from './sample-holders.ts';
import { type SampleTexts, sampleTexts } from './sample-texts.ts';

/** A well-formed code (24 symbols and a check symbol) that is visibly not a real one. */
const CODE = '0'.repeat(25);
const NUMBER = 'SAMPLE-26-000000';
/** A reserved domain (RFC 2606). */
const ADDRESS = 'https://gramota.example';
const HOURS = [12, 24, 12, 24];

/** Limits of the extreme sample: characters of a text, and modules of a programme. */
const EXTREME = { text: 600, modules: 40 } as const;

/** Ends the search when a template sets no limit; no real name is longer. */
const LONGEST_NAME = 400;

/** Measures as the check before award does: whether the text fits everywhere the template prints this fact. */
export type FitsTemplate = (text: string, as: 'holderName' | 'latinName' | PrintedFact) => boolean;

/**
 * Invented facts for a template, visibly not real.
 * @throws InputError for an unknown sample, listing the known ones
 */
export function sampleFacts(bundle: TemplateBundle, choice: PreviewChoice, fits: FitsTemplate): DiplomaFacts {
  const texts = sampleTexts(bundle.language);
  const holder = holderOf(bundle.language, choice);
  const programme = texts.modules.map((title, index) => ({ title, hours: HOURS[index] ?? 12 }));
  const plain: DiplomaFacts = {
    certificateId: '00000000-0000-4000-8000-000000000000',
    version: 1,
    number: NUMBER,
    code: CODE,
    lookupUrl: `${ADDRESS}/c/${CODE}`,
    holderName: holder.holderName,
    latinName: holder.latinName,
    language: bundle.language,
    courseTitle: texts.courseTitle,
    hoursTotal: HOURS.reduce((sum, hours) => sum + hours, 0),
    programme,
    project: {
      title: texts.project,
      url: `${ADDRESS}/projects/sample`,
      grade: bundle.grades['excellent'] ?? longestGrade(bundle),
    },
    issueDate: '2026-01-01',
    signatory: { name: texts.signatory, position: texts.position, ...signedBy(bundle, 0) },
    issuer: { name: texts.issuer, url: ADDRESS },
    country: holder.country,
    templateId: bundle.id,
    templateHash: bundle.hash,
    validUntil: null,
    credential: null,
  };
  return choice.kind === 'extreme' ? extremeOf(plain, bundle, texts, fits) : plain;
}

/** Whose signature a mock-up shows: that of a person whom issuer.yaml declares, in the order of the file. */
function signedBy({ definition }: TemplateBundle, index: number): { id?: string } {
  const id = Object.keys(definition.pictures?.signatures ?? {})[index];
  return id === undefined ? {} : { id };
}

/** The facts with all that only some schools and countries print. */
export function withFurther(facts: DiplomaFacts, bundle: TemplateBundle): DiplomaFacts {
  const { secondSignatory, secondPosition, kind, city, licence, school } = sampleTexts(facts.language).further;
  const period = { from: '2025-09-01', to: '2025-12-31' };
  return {
    ...facts,
    secondSignatory: { name: secondSignatory, position: secondPosition, ...signedBy(bundle, 1) },
    further: { kind, period, city, licence, registrarNumber: 'SAMPLE-2026/000', school },
  };
}

function holderOf(language: string, choice: PreviewChoice): SampleHolder {
  const [latin] = SAMPLE_HOLDERS;
  if (latin === undefined) throw new Error('there are no sample people');
  if (choice.kind !== 'sample') return SAMPLE_HOLDERS.find((one) => one.languages.includes(language)) ?? latin;
  const found = SAMPLE_HOLDERS.find((one) => one.id === choice.id);
  if (found !== undefined) return found;
  throw new InputError(
    `there is no sample with this id; known samples: ${SAMPLE_HOLDERS.map((one) => one.id).join(', ')}`,
  );
}

/** The longest values that the checks before award accept, and all that only some schools and countries print. */
function extremeOf(plain: DiplomaFacts, bundle: TemplateBundle, texts: SampleTexts, fits: FitsTemplate): DiplomaFacts {
  const facts = withFurther(plain, bundle);
  const latinName = facts.latinName ?? 'Anna Example';
  const modules = Array.from(
    { length: EXTREME.modules },
    (_, index) => texts.modules[index % texts.modules.length] ?? '',
  );
  const programme = modules.map((title, index) => ({
    title: index === 2 ? longestText(title, (text) => fits(text, 'moduleTitle')) : title,
    hours: 12 + index / 2,
  }));
  return {
    ...facts,
    holderName: longestName(facts.holderName, (name) => fits(name, 'holderName')),
    latinName: longestName(latinName, (name) => fits(name, 'latinName')),
    courseTitle: longestText(facts.courseTitle, (text) => fits(text, 'courseTitle')),
    hoursTotal: programme.reduce((sum, module) => sum + module.hours, 0),
    programme,
    project: {
      title: longestText(texts.project, (text) => fits(text, 'projectTitle')),
      url: longestText(`${ADDRESS}/project`, (text) => fits(text, 'projectUrl'), '/'),
      grade: longestGrade(bundle),
    },
    issueDate: '2026-12-31',
  };
}

/** The longest word of the grade table; a template without a table prints only plain numbers. */
function longestGrade({ grades }: TemplateBundle): string {
  return Object.values(grades).reduce((longest, word) => (word.length > longest.length ? word : longest), '5');
}

/** Repeats a text as often as it fits, cut between words. */
export function longestText(text: string, fits: (text: string) => boolean, between = '; '): string {
  const many = Array.from({ length: Math.ceil(EXTREME.text / text.length) }, () => text).join(between);
  const cut = (length: number) => many.slice(0, length).replace(/[\s/;]*[^\s/;]*$/u, '');
  let [low, high] = [text.length, Math.min(many.length, EXTREME.text)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cut(middle))) low = middle;
    else high = middle - 1;
  }
  return low === text.length ? text : cut(low);
}

/** A given name with more and more family names, hyphenated in pairs, as long as it fits the template. */
export function longestName(name: string, fits: (name: string) => boolean): string {
  const family = name.split(' ').at(-1) ?? name;
  let longest = name;
  for (let count = 1; ; count += 1) {
    const next = `${longest}${count % 2 === 1 ? '-' : ' '}${family}`;
    if (next.length > LONGEST_NAME || !fits(next)) return longest;
    longest = next;
  }
}
