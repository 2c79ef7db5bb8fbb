import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freezeCredential } from '../../src/credential/freeze.ts';
import { sampleTexts } from '../../src/diploma/preview/sample-texts.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { seededRandom } from '../../src/sandbox/faults.ts';
import type { Mint } from '../support/mint.ts';
import { type NameSample, SCRIPTS, type Script } from './names.ts';

/** What a diploma must show and contain. */
export interface Expected {
  template: TemplateBundle;
  script: Script;
  name: NameSample;
  facts: DiplomaFacts;
  attachments: { name: string; bytes: Buffer }[];
}

/** A diploma file drawn by the product, with its expected contents. */
export interface Specimen extends Expected {
  path: string;
}

/** A reserved domain (RFC 2606). */
const PUBLIC_URL = 'https://gramota.example';
const AWARDED = new Date('2026-11-20T09:30:00Z');

/** A pair of template and script, and the index of a name of the script. */
export interface Choice {
  template: TemplateBundle;
  script: Script;
  round: number;
}

/** `count` choices that cycle through all pairs of template and script, each time with other names. */
export function choicesOver(templates: readonly TemplateBundle[], count: number): Choice[] {
  const pairs = SCRIPTS.flatMap((script) => templates.map((template) => ({ script, template })));
  return Array.from({ length: count }, (_, index) => {
    const pair = pairs[index % pairs.length];
    if (pair === undefined) throw new Error('there are no templates');
    return { ...pair, round: Math.floor(index / pairs.length) + pairs.indexOf(pair) };
  });
}

/** The smallest list of choices that covers every template and every script. */
export function fewestChoices(templates: readonly TemplateBundle[]): Choice[] {
  return Array.from({ length: Math.max(templates.length, SCRIPTS.length) }, (_, index) => {
    const [template, script] = [templates[index % templates.length], SCRIPTS[index % SCRIPTS.length]];
    if (template === undefined || script === undefined) throw new Error('there are no templates');
    return { template, script, round: index };
  });
}

function plainFacts(
  { template, script, round }: Choice,
  name: NameSample,
  number: number,
): Omit<DiplomaFacts, 'credential'> {
  const random = seededRandom(number);
  const whole = (max: number): number => Math.floor(random() * max);
  const texts = sampleTexts(template.language);
  const modules = Array.from({ length: 1 + whole(16) }, (_, index) => ({
    title: `${index + 1}. ${texts.modules[index % texts.modules.length] ?? ''}`,
    hours: 1 + whole(48) / 2,
  }));
  const code = makeCode(whole);
  const withProject = round % 4 !== 3;
  return {
    certificateId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    version: 1,
    number: `INT-26-${String(number).padStart(6, '0')}`,
    code,
    lookupUrl: `${PUBLIC_URL}/c/${code}`,
    holderName: name.native.normalize('NFC'),
    latinName: name.latin,
    language: template.language,
    courseTitle: texts.courseTitle,
    hoursTotal: modules.reduce((sum, { hours }) => sum + hours, 0),
    programme: modules,
    project: withProject
      ? {
          title: texts.project,
          url: `https://projects.example/2026/${number}`,
          grade: script.id === 'thai' ? null : (template.grades['excellent'] ?? '5'),
        }
      : null,
    issueDate: `2026-${String(1 + whole(12)).padStart(2, '0')}-${String(1 + whole(28)).padStart(2, '0')}`,
    signatory: { name: texts.signatory, position: texts.position },
    issuer: { name: texts.issuer, url: 'https://school.example' },
    country: 'KZ',
    templateId: template.id,
    templateHash: template.hash,
    validUntil: null,
  };
}

/** Facts as frozen at award. `number` is the certificate's number; it also selects code and programme. */
export function factsOf(
  choice: Choice,
  number: number,
  keys: KeyReferences,
): { name: NameSample; facts: DiplomaFacts } {
  const { script, round } = choice;
  const name = script.names[round % script.names.length];
  if (name === undefined) throw new Error(`no names in ${script.id}`);
  const facts = plainFacts(choice, name, number);
  const random = seededRandom(number);
  const credential = freezeCredential({
    facts,
    publicUrl: PUBLIC_URL,
    issuer: { address: { country: 'KZ' }, logo: null },
    email: `teacher-${number}@mail.example`,
    programmeId: 'sample',
    releaseId: 'sample-2026',
    timezone: 'Asia/Almaty',
    status: { list: 1, index: number },
    keys,
    at: AWARDED,
    newId: () => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
    random: (bytes) => Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256)),
  });
  return { name, facts: { ...facts, credential } };
}

/**
 * Draws a diploma into a folder, as the product would issue it.
 * @throws Error when the printer refuses the name
 */
export async function mintSpecimen(mint: Mint, choice: Choice, number: number, dir: string): Promise<Specimen> {
  const { template, script } = choice;
  const { name, facts } = factsOf(choice, number, mint.keys);
  const fit = mint.printer.fitName({
    templateId: template.id,
    holderName: facts.holderName,
    latinName: facts.latinName,
  });
  if (!fit.ok) throw new Error(`${template.id}, ${script.id}: ${fit.code}: ${fit.detail}`);
  if (fit.holderName !== facts.holderName)
    throw new Error(`${template.id}, ${script.id}: the name is printed in its Latin form`);
  const { pdf, credential } = await mint.printer.issue({ ...facts, latinName: fit.latinName });
  const path = join(dir, `${String(number).padStart(3, '0')}-${template.id}-${script.id}.pdf`);
  await writeFile(path, pdf);
  const attachments =
    credential === null
      ? []
      : [
          { name: 'credential.json', bytes: credential.json },
          { name: 'credential.jwt', bytes: credential.jwt },
        ];
  return { template, script, name, facts: { ...facts, latinName: fit.latinName }, attachments, path };
}
