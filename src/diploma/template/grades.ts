import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { APOSTROPHES } from '../../domain/text/search-words.ts';
import { readYaml, schemaFaults, type YamlFile } from '../../platform/yaml-file.ts';

const FILE = 'grades.yaml';

const Word = z
  .string('expected the word in quotes')
  .min(1)
  .max(60, 'expected at most 60 characters')
  .refine((word) => word.trim() === word, 'has spaces around it: remove them');
const GradesFile = z.strictObject({
  version: z.literal(1),
  /** Grade as the LMS writes it → language → word. */
  grades: z.record(z.string().min(1), z.record(z.string(), Word)),
});
type Rows = z.infer<typeof GradesFile>['grades'];

/** `grades.yaml`: the word for each grade in each language. */
export interface Grades {
  /** Normalised grade of the LMS → word in this language. */
  in(language: string): Record<string, string>;
  /** Grades without a word in a language that a template needs. */
  faults(language: string): string[];
  /** `file:line: field: text` of one word. */
  fault(language: string, word: string, text: string): string;
}

/** Without the file no grade has a word; only numbers and single letters can be printed. */
const NONE: Grades = { in: () => ({}), faults: () => [], fault: () => '' };

/**
 * Reads the grade table of a templates folder.
 * @returns the table, or the faults of the file
 */
export async function readGrades(dir: string): Promise<Grades | string[]> {
  const source = await readFile(join(dir, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof source !== 'string')
    return source.code === 'ENOENT' ? NONE : [`${FILE}:1: cannot be read (${source.code ?? 'unknown cause'})`];
  const yaml = readYaml(FILE, source);
  if (yaml.faults.length > 0) return yaml.faults;
  const parsed = GradesFile.safeParse(yaml.data);
  return parsed.success ? tableOf(parsed.data.grades, yaml) : schemaFaults(FILE, yaml, parsed.error);
}

function tableOf(rows: Rows, yaml: YamlFile): Grades {
  const all = Object.entries(rows);
  const place = (grade: string, language: string) =>
    `${FILE}:${yaml.lineOf(['grades', grade, language])}: grades.${grade}.${language}`;
  return {
    in: (language) => wordsIn(rows, language),
    faults: (language) =>
      all.flatMap(([grade, words]) => {
        if (Object.hasOwn(words, language)) return [];
        return [
          `${FILE}:${yaml.lineOf(['grades', grade])}: grades.${grade}: no word in "${language}", the language of a template: add the word`,
        ];
      }),
    fault: (language, word, text) => {
      const grade = all.find(([, words]) => words[language] === word)?.[0] ?? '';
      return `${place(grade, language)}: ${text}`;
    },
  };
}

/**
 * Looks up by the LMS's own word and by the word in any language, unless that word has two meanings: some LMS store
 * the word that people read.
 */
function wordsIn(rows: Rows, language: string): Record<string, string> {
  const meanings = new Map<string, Set<string>>();
  for (const words of Object.values(rows)) {
    const printed = words[language];
    if (printed === undefined) continue;
    for (const word of Object.values(words))
      meanings.set(foldGrade(word), (meanings.get(foldGrade(word)) ?? new Set()).add(printed));
  }
  const plain = [...meanings].flatMap(([word, [printed = '', ...others]]) =>
    others.length === 0 ? [[word, printed] as const] : [],
  );
  const named = Object.entries(rows).flatMap(([grade, words]) => {
    const printed = words[language];
    return printed === undefined ? [] : [[foldGrade(grade), printed] as const];
  });
  return Object.fromEntries([...plain, ...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function foldGrade(grade: string): string {
  return grade.normalize('NFC').trim().replace(/\s+/gu, ' ').replace(APOSTROPHES, "'").toLowerCase();
}

/** Readable in every language without translation: 5, 87.5, 87,5 %, 9/10, A, B+, 4−. */
const PLAIN = /^(?:\d{1,4}(?:[.,]\d{1,4})?(?: ?%|[+\-−–]| ?\/ ?\d{1,4})?|\p{L}\p{M}?[+\-−–]?)$/u;

/** The word for a grade by a template's table; null when the table has none. */
export function gradeInWords(grade: string, words: Readonly<Record<string, string>>): string | null {
  const folded = foldGrade(grade);
  if (Object.hasOwn(words, folded)) return words[folded] ?? null;
  const plain = grade.normalize('NFC').trim();
  return PLAIN.test(plain) ? plain : null;
}
