import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { prepareDemoTemplates, WAITING_COUNTRY } from '../../src/demo/templates.ts';

const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

/** A copy of the templates folder in which every country has open send windows at any hour. */
export async function prepareOpenTemplates(to: string, from = TEMPLATES): Promise<void> {
  await prepareDemoTemplates(from, to, new Date());
  const file = join(to, 'countries.yaml');
  const countries = parseDocument(await readFile(file, 'utf8'));
  countries.deleteIn([WAITING_COUNTRY, 'contact']);
  await writeFile(file, countries.toString());
}
