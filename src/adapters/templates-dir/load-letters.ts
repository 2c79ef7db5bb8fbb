import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NO_LETTER } from '../../domain/letter/choose-letter.ts';
import { LetterOccasions } from '../../domain/letter/letter-occasions.ts';
import { LETTER_FIELDS, type LetterParts, type LetterTemplate } from '../../domain/letter/letter-text.ts';
import { LETTER_OCCASIONS } from '../../domain/letter/occasions.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';
import { letterFaults, textFaults } from './letter-faults.ts';

const PARTS = { subject: 'subject.txt', html: 'body.html', text: 'body.txt' } as const;
const OCCASIONS = 'occasions.yaml';

/** Reads all letters of a templates folder; faults are added to `faults`, one per line of a file. */
export async function loadLetters(dir: string, faults: string[]): Promise<Rulebook['letters']> {
  const letters: Rulebook['letters'] = new Map();
  for (const id of await folders(join(dir, 'letter'))) {
    if (id === NO_LETTER)
      faults.push(
        `letter/${id}:1: "${NO_LETTER}" in criteria.yaml means that others send the letters; rename the folder`,
      );
    const languages = new Map<string, LetterTemplate>();
    for (const language of await folders(join(dir, 'letter', id)))
      languages.set(language, await loadLetter(dir, `letter/${id}/${language}`, faults));
    letters.set(id, languages);
  }
  return letters;
}

async function loadLetter(dir: string, folder: string, faults: string[]): Promise<LetterTemplate> {
  const occasions = await loadOccasions(dir, `${folder}/${OCCASIONS}`, faults);
  const words = occasions ? Object.keys(occasions.occasions.first) : [];
  const letter = { subject: '', html: '', text: '' };
  for (const [part, file] of Object.entries(PARTS)) {
    const name = `${folder}/${file}`;
    const text = await readFile(join(dir, name), 'utf8').catch(() => null);
    if (text === null) faults.push(`${name}:1: missing; a letter has ${Object.values(PARTS).join(', ')}`);
    letter[part as keyof typeof PARTS] = text ?? '';
    faults.push(...letterFaults(name, text ?? '', part as keyof LetterParts, words));
  }
  return occasions ? { ...letter, occasions } : letter;
}

async function loadOccasions(dir: string, name: string, faults: string[]): Promise<LetterOccasions | null> {
  const source = await readFile(join(dir, name), 'utf8').catch(() => null);
  if (source === null) return null;
  const yaml = readYaml(name, source);
  const parsed = yaml.faults.length === 0 ? LetterOccasions.safeParse(yaml.data) : null;
  faults.push(...yaml.faults, ...(parsed?.error ? schemaFaults(name, yaml, parsed.error) : []));
  if (!parsed?.success) return null;
  for (const occasion of LETTER_OCCASIONS)
    for (const [word, text] of Object.entries(parsed.data.occasions[occasion])) {
      const at = `${name}:${yaml.lineOf(['occasions', occasion, word])}`;
      if (LETTER_FIELDS.includes(word as never))
        faults.push(`${at}: ${word} is a placeholder of every letter; choose another name for this text`);
      faults.push(...textFaults(at, text, LETTER_FIELDS));
    }
  return parsed.data;
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
