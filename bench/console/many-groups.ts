import { randomBytes, randomUUID } from 'node:crypto';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Db } from '../../src/records/rows.ts';
import { seedManyStudentGroups } from '../../test/support/many-student-groups.ts';
import { openStand, type Route, type Stand } from '../lookup/stand.ts';
import { benchFacts } from '../render/content.ts';
import type { TidySteps } from '../run-bench.ts';

const TEMPLATE = { id: 'teacher-ru', language: 'ru', hash: 'a'.repeat(64), grades: {} };
const KEY = { id: 'bench-1', fingerprint: 'b'.repeat(64) };
/** Each viewer may follow 20 batches at once, so fifty streams need three. */
const COORDINATORS = ['Anna', 'Boris', 'Clara'];

/** `gramota serve` over a database with many student groups in all states. */
export interface ManyGroups {
  stand: Stand;
  route: Route;
  db: Db;
  /** The running batch over a tenth of all student groups. */
  batchId: string;
  /** Tokens of three coordinators. */
  tokens: string[];
}

/** @param server address of a server to use and keep, for further runs */
export async function openManyGroups(groups: number, server: string | undefined, tidy: TidySteps): Promise<ManyGroups> {
  const stand = await openStand(server);
  tidy.push(() => stand.close());
  const url = await stand.createDatabase('console_many');
  const db = openDatabase({ url, poolMax: 3, applicationName: 'gramota-bench', statementTimeoutSeconds: 0 });
  tidy.push(() => db.destroy());
  await migrate(db);
  await db.raw('create extension if not exists pg_stat_statements');
  const batchId = (await db('batch').orderBy('created_at').first('id'))?.id ?? (await seed(db, groups));
  const ctx = { db, clock: systemClock, newId: randomUUID, random: randomBytes, actor: 'bench' };
  const tokens: string[] = [];
  for (const name of COORDINATORS) tokens.push((await createToken(ctx, { name, role: 'admin' })).token);
  return { stand, route: await stand.serve(url), db, batchId, tokens };
}

async function seed(db: Db, groups: number): Promise<string> {
  const batchId = await seedManyStudentGroups(db, groups);
  await fillCertificates(db);
  return batchId;
}

/** Facts as large as real ones, so that a page of one certificate and a lookup cost what they cost. */
async function fillCertificates(db: Db): Promise<void> {
  const facts = benchFacts(TEMPLATE, 7, { credential: KEY, jwt: KEY, seal: KEY });
  await db.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx.raw(
      `update certificate_version v set facts = ?::jsonb || jsonb_build_object('certificateId', c.id, 'version', 1,
         'number', c.number, 'code', c.code, 'lookupUrl', 'https://gramota.example/c/' || c.code) || v.facts
       from certificate c where c.id = v.certificate_id`,
      [JSON.stringify(facts)],
    );
  });
  await db.raw('vacuum (full, analyze) certificate_version');
}
