import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createPostgresArtefacts } from '../../src/adapters/artefacts/postgres-artefacts.ts';
import { parseCallbacks } from '../../src/adapters/sendsay/callbacks.ts';
import { type AppDeps, createApp } from '../../src/app.ts';
import { measuresOf } from '../../src/compose/gauges.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { foldNumber } from '../../src/domain/certificate/certificate-number.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { CriteriaFile } from '../../src/domain/criteria/criteria.ts';
import { CountriesFile } from '../../src/domain/time/send-window.ts';
import type { Enqueue } from '../../src/pipeline/context.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Pictures } from '../../src/ports/pictures.ts';
import type { Previews } from '../../src/ports/previews.ts';
import { KeyMissing, type Signer } from '../../src/ports/signer.ts';
import { recordSearchWords } from '../../src/records/certificates/certificate-search.ts';
import type { Db } from '../../src/records/rows.ts';
import type { Role } from '../../src/records/tokens.ts';
import { storeDiploma } from '../support/award.ts';
import { describedAnswers } from '../support/described-answers.ts';
import { diplomaFacts } from '../support/diploma-facts.ts';
import { NOTHING_STATED } from '../support/nothing-declared.ts';

/** Log lines and enqueued jobs of the app. */
export interface Overheard {
  lines: { fields: Record<string, unknown>; text: string }[];
  jobs: { queue: string; job: unknown; options: unknown }[];
}

/** A policy that allows letters at any hour. */
export const ANY_TIME = CountriesFile.parse({
  default: {
    contact: { windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }] },
  },
});

/** Rules with one programme for the release of the samples. */
export const CRITERIA = CriteriaFile.parse({
  version: 1,
  programmes: [
    {
      id: 'teachers',
      releases: ['rel_test'],
      issue: 'automatic',
      require: {
        all: [
          { source: 'studentGroup', parameter: 'status', in: ['completed', 'criteria met'] },
          { source: 'progress', parameter: 'score', atLeast: 60 },
          { source: 'consent', parameter: 'personal-data', equals: true },
          { not: { source: 'country', parameter: 'code', equals: 'RU' } },
        ],
      },
      certTemplate: { default: 'teacher-ru', byCountry: { KZ: 'teacher-kk' } },
      letter: 'diploma',
    },
  ],
});

/** Stands in for the samples of templates, which these tests do not need. */
const noPreviews: Previews = {
  templates: () => [],
  samples: () => [],
  fields: async () => null,
  draw: async () => Buffer.alloc(0),
  drawFacts: async () => Buffer.alloc(0),
  close: async () => undefined,
};

/** A fictional issuer. */
export const ISSUER: AppDeps['issuer'] = {
  name: { en: 'School' },
  url: 'https://school.example',
  address: null,
  logo: null,
};

/** The same issuer on the public pages. */
export const SCHOOL: AppDeps['school'] = { ...ISSUER, contact: 'post@school.example', look: { faces: [], logo: null } };

/** A host without signing keys. */
const noKeys: Signer = {
  keys: async () => [],
  key: async ({ id }) => {
    throw new KeyMissing(id);
  },
};

const ISSUER_FILE = { ...ISSUER, ...NOTHING_STATED };
/** One template without letters. */
export const RULEBOOK = {
  hash: 'c'.repeat(64),
  source: { criteria: '', countries: '' },
  criteria: CRITERIA,
  countries: ANY_TIME,
  issuer: ISSUER_FILE,
  letters: new Map(),
  templates: new Map([['teacher-kk', { language: 'kk', hash: 'a'.repeat(64) }]]),
};
/** Everything can be printed. */
const PRINTER: AppDeps['printer'] = {
  unmailable: ['[%', '%]'],
  fitName: ({ holderName, latinName }) => ({ ok: true, holderName, latinName }),
  checkText: () => null,
  gradeInWords: (_template, grade) => grade,
  checkHours: () => null,
};

/** Stands in for images, which these tests do not need. */
const noPictures: Pictures = {
  firstPage: async () => null,
  card: async () => Buffer.alloc(0),
  badge: async () => Buffer.alloc(0),
  close: async () => undefined,
};

export const CALLBACK_SECRET = 'fictional-callback-secret';
/** The callback settings of Sendsay, as in `compose`. */
export const CALLBACKS: AppDeps['callbacks'] = {
  route: 'sendsay',
  secretSetting: 'SENDSAY_CALLBACK_SECRET',
  secret: CALLBACK_SECRET,
  parse: parseCallbacks,
};

/**
 * The real app with a real database; queue and LMS are replaced at their ports. Every answer is compared with
 * `openapi.json`, except under a `publicUrl` with a path, where the DID document has another address.
 * @param foreseen undescribed statuses that the test provokes on purpose, such as 500
 */
export function appOver(
  db: Db,
  changes: Partial<AppDeps> = {},
  foreseen: readonly number[] = [],
): { app: ReturnType<typeof createApp>; overheard: Overheard } {
  const { deps, overheard } = depsOver(db, changes);
  const app = createApp(deps);
  const isAtRoot = new URL(changes.publicUrl ?? 'https://verify.example').pathname === '/';
  return { app: isAtRoot ? describedAnswers(app, foreseen) : app, overheard };
}

export function depsOver(db: Db, changes: Partial<AppDeps> = {}): { deps: AppDeps; overheard: Overheard } {
  const overheard: Overheard = { lines: [], jobs: [] };
  const note = (fields: object, text?: string) =>
    void overheard.lines.push({ fields: { ...fields }, text: text ?? '' });
  const enqueue: Enqueue = async (_trx, queue, jobs, options) => {
    for (const job of jobs) overheard.jobs.push({ queue, job, options });
    return jobs.length;
  };
  const deps: AppDeps = {
    db,
    enqueue,
    lms: { pullRelease: async () => null, pullOne: async () => null },
    countries: ANY_TIME,
    lettersPerSecond: 5,
    criteria: CRITERIA,
    rulesOf: async () => CRITERIA,
    issuer: ISSUER,
    rulebook: RULEBOOK,
    printer: PRINTER,
    signer: noKeys,
    mailInstructions: ['[%', '%]'],
    letters: {
      letters: new Map(),
      issuer: { name: { en: 'School' }, url: 'https://school.example' },
    },
    artefacts: createPostgresArtefacts(db),
    clock: systemClock,
    sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 20), signal),
    stopping: new AbortController().signal,
    streamsDb: db,
    zone: 'Europe/Moscow',
    openId: null,
    log: { debug: note, info: note, warn: note, error: note } as AppDeps['log'],
    newId: randomUUID,
    publicUrl: 'https://verify.example',
    organizationId: null,
    school: SCHOOL,
    pictures: noPictures,
    trustProxy: undefined,
    verifyLmsWebhook: () => ({ ok: false, status: 401, detail: 'not signed' }),
    callbacks: CALLBACKS,
    templates: () => ['teacher-kk', 'teacher-ru'],
    previews: noPreviews,
    spreadsheets: { read: async () => ({ ok: false, detail: 'no file can be read here' }) },
    forms: new Map(),
    readiness: {},
    metrics: createMetrics(measuresOf({ db, clock: systemClock, config: { TEMPLATES_DIR: '' }, queues: [] })),
    ...changes,
  };
  return { deps, overheard };
}
/** Creates an API token; returns it with its header. */
export async function tokenFor(
  db: Db,
  role: Role,
  name: string = role,
): Promise<{ id: string; token: string; header: string }> {
  const ctx = { db, clock: systemClock, newId: randomUUID, random: randomBytes, actor: 'test' };
  const { id, token } = await createToken(ctx, { name, role });
  return { id, token, header: `Bearer ${token}` };
}

export const TEMPLATE_HASH = 'a'.repeat(64);

/** Facts of a fictional diploma. */
export function factsOf(changes: Partial<DiplomaFacts> = {}): DiplomaFacts {
  const code = changes.code ?? makeCode(randomInt);
  return diplomaFacts({
    certificateId: randomUUID(),
    number: `INT-26-${String(randomInt(999_999)).padStart(6, '0')}`,
    code,
    lookupUrl: `https://verify.example/c/${code}`,
    templateHash: TEMPLATE_HASH,
    ...changes,
  });
}

export interface Seeded {
  facts: DiplomaFacts;
  /** Id of the certificate. */
  id: string;
  studentGroupId: string;
  bytes: Buffer;
  sha256: string;
}

/** Stores a release as a pull does, for the certificates of a test. */
export async function seedRelease(db: Db, id = 'rel_test', prefix = 'INT-26'): Promise<string> {
  const at = new Date();
  await db('release').insert({ id, snapshot: '{}', changed_at: at, pulled_at: at }).onConflict('id').ignore();
  await db('number_series')
    .insert({ prefix, key: foldNumber(prefix), release_id: id })
    .onConflict('prefix')
    .ignore();
  await db('template')
    .insert({ hash: TEMPLATE_HASH, template_id: 'teacher-kk', definition: '{}' })
    .onConflict('hash')
    .ignore();
  return id;
}

/** Stores a student group as a pull does. */
export async function seedGroup(db: Db, id: string, changes: Record<string, unknown> = {}): Promise<string> {
  await db('student_group').insert({
    id,
    release_id: 'rel_test',
    student_id: `student of ${id}`,
    pulled_at: new Date(),
    ...changes,
  });
  return id;
}

/** Stores a decision for a student group. */
export async function seedDecision(
  db: Db,
  studentGroupId: string,
  outcome: 'met' | 'not-met' | 'held' | 'excluded',
  reason: { code: string; detail: string } | null = null,
  programmeId: string | null = null,
): Promise<string> {
  const id = randomUUID();
  await db('decision').insert({
    id,
    student_group_id: studentGroupId,
    dry_run: false,
    programme_id: programmeId,
    rules_hash: 'b'.repeat(64),
    outcome,
    reason_code: reason?.code ?? null,
    reason_detail: reason?.detail ?? null,
    criteria: '{}',
    inputs: '{}',
    country: JSON.stringify({ kind: 'known', code: 'KZ' }),
    cert_template: outcome === 'met' ? 'teacher-kk' : null,
    decided_at: new Date(),
  });
  return id;
}

/** Awards a certificate, by default with a drawn diploma. */
export async function seedCertificate(db: Db, changes: Partial<DiplomaFacts> = {}, drawn = true): Promise<Seeded> {
  await seedRelease(db);
  const facts = factsOf(changes);
  const id = facts.certificateId;
  const studentGroupId = await seedGroup(db, `sg_${id}`);
  const decisionId = await seedDecision(db, studentGroupId, 'met');
  await db('certificate').insert({
    id,
    student_id: `student of ${studentGroupId}`,
    release_id: 'rel_test',
    programme_id: 'teachers',
    student_group_id: studentGroupId,
    decision_id: decisionId,
    number: facts.number,
    code: facts.code,
    cert_template: 'teacher-kk',
    letter: 'diploma',
    country: facts.country,
    issue_date: facts.issueDate,
    awarded_at: new Date(),
  });
  await db('lms_report').insert({ certificate_id: id });
  await recordSearchWords(db, id, facts);
  const bytes = Buffer.from(`%PDF-1.7 of ${id} version 1`);
  const sha256 = await seedVersion(db, { id, facts, bytes, drawn });
  return { facts, id, studentGroupId, bytes, sha256 };
}

/** Adds a version to a certificate. */
export async function seedVersion(
  db: Db,
  { id, facts, bytes, drawn = true }: { id: string; facts: DiplomaFacts; bytes: Buffer; drawn?: boolean },
): Promise<string> {
  const { version, templateHash } = facts;
  const at = new Date();
  await db('certificate_version').insert({
    certificate_id: id,
    version,
    facts: JSON.stringify(facts),
    template_hash: templateHash,
    actor: 'test',
    created_at: at,
  });
  if (drawn) await storeDiploma(db, { certificateId: id, version, bytes }, at);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Creates a batch for a release, as the HTTP request does. */
export async function seedBatch(db: Db, changes: Record<string, unknown> = {}): Promise<string> {
  const id = randomUUID();
  const row = { release_id: 'rel_test', dry_run: false, actor: 'a', request_hash: 'h', created_at: new Date() };
  await db('batch').insert({ id, ...row, ...changes });
  return id;
}

export async function revoke(db: Db, certificateId: string): Promise<void> {
  await db('validity_act').insert({
    id: randomUUID(),
    certificate_id: certificateId,
    version: 1,
    kind: 'revoke',
    reason_class: 'mistake',
    reason: 'fictional',
    actor: 'test',
    acted_at: new Date('2026-11-21T10:00:00Z'),
  });
}
