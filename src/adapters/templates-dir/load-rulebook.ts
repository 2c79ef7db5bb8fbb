import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { CriteriaFile } from '../../domain/criteria/criteria.ts';
import { InputError } from '../../domain/failure.ts';
import { NO_LETTER } from '../../domain/letter/choose-letter.ts';
import type { Issuer, Rulebook, Rules } from '../../domain/rulebook.ts';
import { CountriesFile } from '../../domain/time/send-window.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';
import { IssuerFile, IssuerPrints } from './issuer-file.ts';
import { loadLetters } from './load-letters.ts';

/** The properties of a certificate template that the rules need. */
export interface KnownTemplate {
  id: string;
  language: string;
  hash: string;
}

/**
 * Reads criteria.yaml, countries.yaml, issuer.yaml and the letters of a templates folder, and checks them against
 * each other and against the loaded certificate templates.
 * @throws InputError with all faults at once, each `file:line: field: fault and advice`
 */
export async function loadRulebook(dir: string, templates: readonly KnownTemplate[]): Promise<Rulebook> {
  const faults: string[] = [];
  const [criteria, countries, issuer] = await Promise.all([
    readFileAs(dir, 'criteria.yaml', CriteriaFile, faults),
    readFileAs(dir, 'countries.yaml', CountriesFile, faults),
    readFileAs(dir, 'issuer.yaml', IssuerFile, faults),
  ]);
  const letters = await loadLetters(dir, faults);
  const known = new Map(templates.map(({ id, language, hash }) => [id, { language, hash }]));
  if (criteria) {
    for (const [index, programme] of criteria.data.programmes.entries()) {
      const { certTemplate, letter } = programme;
      const at = (...path: (string | number)[]) =>
        `criteria.yaml:${criteria.lineOf(['programmes', index, ...path])}: programmes.${index}.${path.join('.')}`;
      for (const [path, id] of [
        [['certTemplate', 'default'], certTemplate.default] as const,
        ...Object.entries(certTemplate.byCountry).map(
          ([country, id]) => [['certTemplate', 'byCountry', country], id] as const,
        ),
      ]) {
        if (!known.has(id))
          faults.push(
            `${at(...path)}: no template certificate/${id}; add it or choose one of ${[...known.keys()].join(', ')}`,
          );
      }
      const second = programme.prints?.secondSignatory ?? null;
      if (second !== null && issuer && !Object.hasOwn(issuer.data.signatories, second))
        faults.push(
          `${at('prints', 'secondSignatory')}: issuer.yaml declares no signatory "${second}"; add the person there or correct the id`,
        );
      if (letter !== NO_LETTER && !letters.has(letter))
        faults.push(
          `${at('letter')}: no letter letter/${letter}; add it or choose one of ${[...letters.keys(), NO_LETTER].join(', ')}`,
        );
    }
  }
  if (!criteria || !countries || !issuer || faults.length > 0) throw new InputError(faults);
  const source = { criteria: criteria.source, countries: countries.source };
  const more = issuerPrints(issuer.data);
  const deciding = [
    source.criteria,
    source.countries,
    issuer.data.name,
    [...known].sort(),
    ...(more === null ? [] : [more]),
  ];
  const hash = createHash('sha256').update(JSON.stringify(deciding)).digest('hex');
  const { data } = issuer;
  return { hash, source, criteria: criteria.data, countries: countries.data, issuer: data, letters, templates: known };
}

/**
 * What issuer.yaml declares for diplomas beside the name; null: nothing, so that the rules keep the hash that they had
 * before there was more to declare.
 */
export function issuerPrints({ signatories, secondSignatory, city, licence }: Issuer): IssuerPrints | null {
  if (Object.keys(signatories).length === 0 && city === null && licence === null) return null;
  return { signatories, secondSignatory, city, licence };
}

/**
 * Parses rules that were stored as text.
 * @throws InputError when this version cannot read them any more
 */
export function readRules(stored: {
  criteria: string;
  countries: string;
  issuerName: Issuer['name'];
  issuerPrints?: unknown;
}): Pick<Rules, 'criteria' | 'countries' | 'issuer'> {
  const faults: string[] = [];
  const criteria = readTextAs('criteria.yaml', stored.criteria, CriteriaFile, faults);
  const countries = readTextAs('countries.yaml', stored.countries, CountriesFile, faults);
  if (!criteria || !countries) throw new InputError(faults);
  const declared = IssuerPrints.safeParse(stored.issuerPrints ?? {});
  if (!declared.success) throw new InputError(['issuer.yaml:1: what it declared cannot be read any more']);
  return { criteria: criteria.data, countries: countries.data, issuer: { ...declared.data, name: stored.issuerName } };
}

/**
 * Reads only issuer.yaml.
 * @throws InputError as `loadRulebook`
 */
export async function loadIssuer(dir: string): Promise<Issuer> {
  const faults: string[] = [];
  const issuer = await readFileAs(dir, 'issuer.yaml', IssuerFile, faults);
  if (!issuer) throw new InputError(faults);
  return issuer.data;
}

/**
 * Reads only countries.yaml.
 * @throws InputError as `loadRulebook`
 */
export async function loadCountries(dir: string): Promise<CountriesFile> {
  const faults: string[] = [];
  const countries = await readFileAs(dir, 'countries.yaml', CountriesFile, faults);
  if (!countries) throw new InputError(faults);
  return countries.data;
}

async function readFileAs<T extends z.ZodType>(dir: string, file: string, schema: T, faults: string[]) {
  const source = await readFile(join(dir, file), 'utf8').catch(() => null);
  if (source === null) {
    faults.push(`${file}:1: missing in ${dir}; add it, see templates/README.md`);
    return null;
  }
  return readTextAs(file, source, schema, faults);
}

function readTextAs<T extends z.ZodType>(file: string, source: string, schema: T, faults: string[]) {
  const yaml = readYaml(file, source);
  if (yaml.faults.length > 0) {
    faults.push(...yaml.faults);
    return null;
  }
  const parsed = schema.safeParse(yaml.data);
  if (!parsed.success) {
    faults.push(...schemaFaults(file, yaml, parsed.error));
    return null;
  }
  return { data: parsed.data, source, lineOf: yaml.lineOf };
}
