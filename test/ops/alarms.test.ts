import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createLms } from '../../src/adapters/lms/lms-client.ts';
import { loadIssuer } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { measuresOf } from '../../src/compose/gauges.ts';
import { observeLms } from '../../src/compose/observe-calls.ts';
import { QUEUES } from '../../src/pipeline/stages.ts';
import { DEAD_QUEUE } from '../../src/platform/jobs/job-queues.ts';
import { createJobReport } from '../../src/platform/jobs/job-report.ts';
import { createJobs, type Jobs } from '../../src/platform/jobs/jobs.ts';
import { createMetrics, type Metrics } from '../../src/platform/metrics.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { LmsUnavailable } from '../../src/ports/lms.ts';
import { countUnknown } from '../../src/records/letters/send-brake.ts';
import { setSubscribers } from '../../src/records/outgoing-events.ts';
import { agreeOnKeys } from '../../src/signing-keys/agree-on-keys.ts';
import { seedCertificate, seedDecision, seedGroup, seedRelease } from '../http/harness.ts';
import { letter } from '../http/letters.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { until } from '../support/world.ts';
import { firing, noPromtool, promtool } from './promtool.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RULES = `${ROOT}ops/prometheus-rules.yaml`;
const TEMPLATES_DIR = `${ROOT}templates`;
const HOUR_MS = 3_600_000;
const CANARY = 'Zhanargul-Canary';

interface Line extends Record<string, unknown> {
  level: 'info' | 'warn' | 'error';
}

describe('the alarms of ops/prometheus-rules.yaml', () => {
  let database: TestDatabase;
  let jobs: Jobs;
  let metrics: Metrics;
  let names: string[];
  /** In 30 years, when every certificate has ended and the time zone data are old. */
  let isLate = false;
  const lines: Line[] = [];
  const logAs = (level: Line['level']) => (fields: object) => void lines.push({ ...fields, level });
  const log = { debug: () => undefined, info: logAs('info'), warn: logAs('warn'), error: logAs('error') };
  let healthy: string;
  let faulty: string;

  before(async () => {
    const { rules } = parse(await readFile(RULES, 'utf8')).groups[0] as { rules: { alert: string }[] };
    names = rules.map(({ alert }) => alert).sort();
    database = await testDatabase();
    const db = database.knex;
    const clock = { now: () => new Date(Date.now() + (isLate ? 30 * 365 * 24 * HOUR_MS : 0)) };
    const queues = [...QUEUES.map(({ name }) => name), DEAD_QUEUE];
    const measures = measuresOf({ db, clock, config: { TEMPLATES_DIR }, queues });
    // What is kept for ten minutes would hide the fault.
    metrics = createMetrics(measures.map((measure) => ({ ...measure, keepSeconds: 0 })));
    const report = createJobReport(log as unknown as Parameters<typeof createJobReport>[0]);
    jobs = createJobs({
      databaseUrl: database.url,
      queues: QUEUES,
      log: { warn: () => undefined, error: () => undefined },
      tell: (done) => {
        report(done);
        metrics.countJob(done);
      },
    });
    await jobs.start();
    await agreeOnKeys(db, await testKeysDir(), await loadIssuer(TEMPLATES_DIR), new Date());
    metrics.observe({ ...{ method: 'GET', route: '/c/:code', status: 200, ms: 1 }, ...asked() });
    healthy = await metrics.text();
    await breakAll();
    faulty = await metrics.text();
  });
  after(async () => {
    await jobs.stop();
    await database.drop();
  });

  const asked = () => ({ requestId: randomUUID(), brokenOff: false });

  /** Makes the state of every alarm, by the parts that find it in production. */
  async function breakAll(): Promise<void> {
    const db = database.knex;
    const past = new Date(Date.now() - 3 * HOUR_MS);
    for (let call = 0; call < 5; call += 1)
      await countUnknown(db, { count: 1, detail: 'HTTP 404', firstTry: new Date() }, new Date());
    await jobs.enqueue(db, 'send', { id: randomUUID() }, { startAfter: past });
    await db.raw(`insert into pgboss.job (name, data) values ('${DEAD_QUEUE}', '{}')`);
    let tries = 0;
    await jobs.work('render', { concurrency: 1, batchSize: 1 }, () => {
      tries += 1;
      return Promise.reject(new SyntaxError(`Unexpected token, "${CANARY}" is no JSON`));
    });
    for (let n = 0; n < 4; n += 1) await jobs.enqueue(db, 'render', { id: `c${n}` });
    await until(
      'four failures',
      async () => tries >= 4 && lines.filter(({ event }) => event === 'job-failed').length >= 4,
    );
    const lms = createLms({
      baseUrl: 'http://127.0.0.1:1',
      token: 'x',
      map: { studentGroup: new Map(), release: new Map(), patch: { issued: null } } as never,
      through: (call) => call(new AbortController().signal),
      timeoutMs: 1000,
      clock: systemClock,
    });
    const observed = observeLms(lms, metrics, log as never);
    for (let n = 0; n < 3; n += 1) await assert.rejects(observed.pullOne('sg_1'), LmsUnavailable);
    metrics.countGateWait('lms', 40_000);
    await seedRelease(db);
    const { id } = await seedCertificate(db);
    await letter(db, id, 'uncertain');
    await db('personal_issue').where({ certificate_id: id }).update({ changed_at: past });
    await db('release').update({ pulled_at: new Date() });
    await seedDecision(db, await seedGroup(db, 'sg_held'), 'held', { code: 'internal-error', detail: 'job-failed' });
    await seedGroup(db, 'sg_told', { snapshot: JSON.stringify({ status: 'criteria met' }) });
    await db('release_pull').insert({
      ...{ id: randomUUID(), release_id: 'rel_test', cause: 'schedule', left_out: 3 },
      ...{ requested_at: past, begun_at: past, finished_at: past },
    });
    for (let n = 0; n < 2; n += 1)
      metrics.observe({ ...{ method: 'GET', route: '/c/:code', status: 500, ms: 1 }, ...asked() });
    await setSubscribers(db, ['http://127.0.0.1:1/events'], past);
    await db.raw(`select announce('student-group.held', 'sg_held', null, null, 'internal-error')`);
    await db('outgoing_delivery').update({ state: 'given-up', next_at: null });
    isLate = true;
  }

  it('are described in docs/operate.md, each with what to do', async () => {
    const text = await readFile(`${ROOT}docs/operate.md`, 'utf8');
    const rows = [...text.matchAll(/^\| `(Gramota\w+)` \| [^|]{20,} \| [^|]{20,} \|$/gm)].map(([, name = '']) => name);
    assert.deepEqual(rows.sort(), names);
  });

  it('are valid for promtool', { skip: noPromtool }, () => {
    const { status, text } = promtool('check', 'rules', RULES);
    assert.equal(status, 0, text);
  });

  it('are silent while everything works', { skip: noPromtool }, async () => {
    const { status, text } = await firing(RULES, { before: healthy, after: healthy }, []);
    assert.equal(status, 0, text);
  });

  it('all fire for their fault; only the alarm for missing metrics does not', { skip: noPromtool }, async () => {
    const expected = names.filter((name) => name !== 'GramotaMetricsMissing');
    const { status, text } = await firing(RULES, { before: healthy, after: faulty }, expected);
    assert.equal(status, 0, text);
  });

  it('tell when no process shows metrics', { skip: noPromtool }, async () => {
    const { status, text } = await firing(RULES, { before: null, after: null }, ['GramotaMetricsMissing']);
    assert.equal(status, 0, text);
  });

  it('name only metrics that exist, as the dashboard does', async () => {
    const files = [RULES, `${ROOT}ops/grafana-dashboard.json`].map((file) => readFile(file, 'utf8'));
    const used = new Set((await Promise.all(files)).join().match(/\bgramota_\w+/g));
    const known = new Set(faulty.match(/^(?:gramota_\w+)/gm));
    const webhooks = ['gramota_webhooks_total'];
    assert.deepEqual(
      [...used].filter((name) => !known.has(name) && !webhooks.includes(name)),
      [],
    );
  });

  it('come with log lines: a job warns at its first failure and is an error at the third, without its data', () => {
    const failed = lines.filter(({ event }) => event === 'job-failed');
    assert.deepEqual(
      failed.slice(0, 4).map(({ level }) => level),
      ['warn', 'warn', 'error', 'error'],
    );
    assert.match(String(failed[0]?.['error']), /^SyntaxError at ops\/alarms\.test\.[jt]s:\d+$/);
    const calls = lines.filter(({ event }) => event === 'calls-failing');
    assert.deepEqual(
      calls.map(({ level, inRow }) => [level, inRow]),
      [
        ['warn', 1],
        ['error', 3],
      ],
    );
    assert.ok(!JSON.stringify(lines).includes(CANARY));
  });
});
