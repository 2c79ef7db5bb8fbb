import { createHash } from 'node:crypto';
import request from 'supertest';
import { openKeyFolder } from '../../../src/credential/keys/key-folder.ts';
import { drawDiploma } from '../../../src/diploma/draw-diploma.ts';
import { openTrust } from '../../../src/diploma/pdf/trust.ts';
import { loadTemplates } from '../../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../../src/diploma/template/prepared-template.ts';
import type { DiplomaFacts } from '../../../src/domain/certificate/diploma-facts.ts';
import { freezeFacts } from '../../../src/pipeline/evaluate/frozen-facts.ts';
import { openDatabase } from '../../../src/platform/database/database.ts';
import type { Db } from '../../../src/records/rows.ts';
import { selectRelease } from '../../../src/records/student-groups/student-groups.ts';
import { readPdf } from '../../diploma/pdf-reader.ts';
import { ANY_TIME, appOver, ISSUER, TEMPLATE_HASH, tokenFor } from '../../http/harness.ts';
import { TEST_KEYS_DIR, testKeyReferences } from '../../support/keys.ts';
import { NOTHING_STATED } from '../../support/nothing-declared.ts';
import { caseOf, TEMPLATES } from '../judge-samples.ts';

/**
 * How hosts in several zones create and show certificates: facts, diploma, credential, lookup, page and search, as
 * JSON. Random values are fixed, so all hosts should print the same. This process starts in the zone of the first host,
 * so that per-process caches are made there, and then changes its zone.
 */
interface Told {
  id: string;
  code: string;
  number: string;
  releaseId: string;
}
export interface Shown {
  facts: DiplomaFacts;
  sha256: string;
  /** Texts of the diploma. */
  printed: string;
  credential: string;
  jwt: string;
  byCode: { issueDate: string; validUntil: string };
  byNumber: { issueDate: string };
  /** All dates on the page. */
  page: string[];
  found: { issueDate: string }[];
  known: string;
}
export interface Host {
  zone: string;
  /** Minutes between that zone and UTC. */
  minutes: number;
  /** URL of a database whose sessions have another zone and date style. */
  url: string;
}

const [hosts = '[]', certificates = '[]'] = process.argv.slice(2);
const bundle = (await loadTemplates(TEMPLATES)).find(({ id }) => id === 'teacher-ru');
if (bundle === undefined) throw new Error('there is no template');
const template = new PreparedTemplate(bundle);
const keys = await testKeyReferences();

async function shown(db: Db, viewer: string, { id, code, number, releaseId }: Told): Promise<Shown> {
  const { app } = appOver(db);
  const { studentGroup } = caseOf();
  const release = (await selectRelease(db, releaseId))?.release;
  if (release === undefined) throw new Error('there is no release');
  const names = { holderName: 'Мария Образцова', latinName: null };
  const facts = freezeFacts(
    {
      ...{
        rulebook: {
          issuer: {
            ...ISSUER,
            ...NOTHING_STATED,
          },
          countries: ANY_TIME,
        },
        newId: () => id,
        random: (bytes) => new Uint8Array(bytes),
        keys,
      },
      ...{ publicUrl: 'https://verify.example', lookupUrl: (of) => `https://verify.example/c/${of}` },
    },
    {
      ...{
        studentGroup,
        release,
        id,
        code,
        number,
        version: 1,
        certTemplate: 'teacher-ru',
        status: { list: 1, index: 7 },
      },
      programme: { id: 'teachers', validFor: 'P2Y' },
      print: {
        countryCode: 'KZ',
        language: 'ru',
        templateHash: TEMPLATE_HASH,
        grade: null,
        declared: { signatory: { name: release.signatory.name, position: 'Директор' } },
        email: 'maria@school.example',
        ...names,
      },
      at: new Date('2026-12-31T23:30:00Z'),
    },
  );
  const trust = await openTrust(facts, openKeyFolder(TEST_KEYS_DIR));
  const pdf = await drawDiploma(facts, template, trust);
  const get = (path: string, accept = 'application/json') =>
    request(app).get(path).set({ Accept: accept, 'Accept-Language': 'ru', Authorization: viewer });
  const page = (await get(`/c/${code}`, 'text/html')).text;
  return {
    facts,
    sha256: createHash('sha256').update(pdf).digest('hex'),
    printed: readPdf(pdf)
      .actualTexts.concat(
        readPdf(pdf)
          .pages.flat()
          .map(({ text }) => text),
      )
      .join(''),
    credential: String(trust?.json),
    jwt: String(trust?.jwt),
    byCode: (await get(`/c/${code}`)).body,
    byNumber: (await get(`/certificates/lookup?number=${number}&surname=${encodeURIComponent('Образцова')}`)).body,
    page: [...new Set(page.match(/\d{1,2} \p{L}+ \d{4}|\d{4}-\d\d-\d\d/gu) ?? [])],
    found: (await get(`/api/certificates?q=${number}`)).body.items,
    known: (await get(`/api/certificates/${id}`)).body.issueDate,
  };
}

const answers: Shown[][] = [];
for (const { zone, minutes, url } of JSON.parse(hosts) as Host[]) {
  process.env['TZ'] = zone;
  if (new Date().getTimezoneOffset() !== minutes) throw new Error(`this process is not in ${zone}`);
  const db = openDatabase({ url, poolMax: 2, applicationName: 'gramota-test' });
  const viewer = (await tokenFor(db, 'viewer', zone)).header;
  const answer: Shown[] = [];
  for (const told of JSON.parse(certificates) as Told[]) answer.push(await shown(db, viewer, told));
  answers.push(answer);
  await db.destroy();
}
process.stdout.write(JSON.stringify(answers));
