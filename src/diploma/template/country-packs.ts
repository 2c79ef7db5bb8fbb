import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CountryDiploma } from '../../domain/certificate/country-diploma.ts';
import { printedIn } from '../../domain/rulebook.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';
import { placeholdersOf } from './placeholders.ts';
import type { TemplateDefinition } from './template-definition.ts';

const FILE = 'countries.yaml';

/** The part of countries.yaml that diplomas print; the adapter of the templates folder checks the whole file. */
const Named = z.record(z.string(), z.looseObject({ diploma: CountryDiploma.optional() }));

/** What diplomas of a country print differently, by ISO 3166-1 alpha-2 code. */
export type CountryPacks = Readonly<Record<string, CountryDiploma>>;

/** @returns the packs, or the faults with file and line */
export async function readCountryPacks(dir: string): Promise<CountryPacks | string[]> {
  const source = await readFile(join(dir, FILE), 'utf8').catch(() => null);
  // Whoever needs the rest of the file reports that it is missing.
  if (source === null) return {};
  const yaml = readYaml(FILE, source);
  if (yaml.faults.length > 0) return yaml.faults;
  const parsed = Named.safeParse(yaml.data);
  if (!parsed.success) return schemaFaults(FILE, yaml, parsed.error);
  const packs = Object.entries(parsed.data).flatMap(([code, { diploma }]) => (diploma ? [[code, diploma]] : []));
  return Object.fromEntries(packs);
}

/** The packs as a template prints them: in its language, and only what it has a place for. */
export function packsFor(
  { texts, language, page }: Pick<TemplateDefinition, 'texts' | 'language' | 'page'>,
  packs: CountryPacks,
): NonNullable<TemplateDefinition['countries']> {
  const words = new Set(Object.values(texts).flatMap(placeholdersOf));
  const printed = Object.entries(packs).map(([code, { date, legalLine, paper, leadingName }]) => {
    const pack = {
      ...(date === undefined || date === 'long' ? {} : { date }),
      ...(legalLine === undefined || !words.has('legalLine') ? {} : { legalLine: printedIn(legalLine, language) }),
      ...(paper === undefined || paper === page.size ? {} : { paper }),
      ...(leadingName === undefined || !words.has('leadingName') ? {} : { leadingName }),
    };
    return [code, pack] as const;
  });
  return Object.fromEntries(printed.filter(([, pack]) => Object.keys(pack).length > 0));
}
