import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { QUEUES, readPayload } from '../../src/pipeline/stages.ts';
import { HEARTBEAT_SECONDS } from '../../src/platform/jobs/job-queues.ts';
import { createJobs, type Jobs } from '../../src/platform/jobs/jobs.ts';
import { selectJobAges } from '../../src/records/open-work.ts';
import { startWorld, until, type World } from '../support/world.ts';

const SLOW = 'sg_0002';

let world: World;
/** A second worker, as on another host. */
let other: Jobs;
/** Ids of certificates, in the order in which their drawing started. */
const drawn: string[] = [];
before(async () => {
  world = await startWorld({ size: 12 });
  const { base, pipeline } = world;
  const { printer } = pipeline;
  const issue: typeof printer.issue = async (facts) => {
    drawn.push(facts.certificateId);
    const row = await base.db('certificate').where({ id: facts.certificateId }).first('student_group_id');
    if (row?.student_group_id === SLOW) await longerThanAHeartbeat(facts.certificateId);
    return printer.issue(facts);
  };
  other = createJobs({ databaseUrl: base.config.DATABASE_URL ?? '', queues: QUEUES, log: base.log });
  await other.start();
  const slow = { ...pipeline, printer: { ...printer, issue } };
  for (const jobs of [base.jobs, other]) await world.run({ jobs, pipeline: slow, concurrency: 4 });
});
after(async () => {
  await other.stop();
  await world.close();
});

/**
 * Waits until the job has sent a heartbeat after the time at which a silent job would have been lost, or until another
 * worker draws too.
 */
async function longerThanAHeartbeat(certificateId: string): Promise<void> {
  await until('a heartbeat later than the first one lasts', async () => {
    if (drawn.filter((id) => id === certificateId).length > 1) return true;
    const { rows } = await world.base.db.raw(
      `select 1 from pgboss.job where name = 'render' and data ->> 'id' = ?
       and heartbeat_on > started_on + ? * interval '1 second'`,
      [certificateId, HEARTBEAT_SECONDS * 1.2],
    );
    return rows[0];
  });
}

describe('a drawing job that takes longer than its heartbeat interval', () => {
  it('is not given to a second worker', async () => {
    await world.batch({ ids: [SLOW] });
    const { certificateId } = await world.reaches(SLOW, 'sent');
    assert.equal(drawn.filter((id) => id === certificateId).length, 1);
  });
});

describe('a job that this version of Gramota cannot read', () => {
  const dead = async () => (await selectJobAges(world.base.db)).find(({ queue }) => queue === 'dead')?.waiting ?? 0;

  it('holds the certificate that the job names at once, with the fault and advice', async () => {
    await world.batch({ ids: ['sg_0003'] });
    const { certificateId } = await world.reaches('sg_0003', 'sent');
    const malformed = { id: certificateId, keyTries: 'secret' };
    await world.base.jobs.enqueue(world.base.db, 'render', malformed);
    const entry = await until('the hold', () => world.base.db('hold').where({ certificate_id: certificateId }).first());
    assert.equal(entry.code, 'internal-error');
    assert.match(entry.detail, /^malformed job of render: keyTries: .*expected number.*; update all workers/);
    assert.doesNotMatch(entry.detail, /secret/);
  });

  it('stays among the dead jobs, which the metrics count, when the job names no certificate', async () => {
    await until('no job is dead', async () => (await dead()) === 0);
    await world.base.jobs.enqueue(world.base.db, 'send', { id: 'no uuid' });
    await world.base.jobs.enqueue(world.base.db, 'ingest', { kind: 'unknown', id: randomUUID() });
    await until('both', async () => (await dead()) === 2);
  });
});

describe('the payload (data) of a job', () => {
  const id = randomUUID();

  it('may have fields that a newer version added', () => {
    assert.deepEqual(readPayload('patch', { id, added: true }), { ok: true, job: { id } });
  });

  it('is refused with every invalid field and what was expected there', () => {
    const read = readPayload('evaluate', { id: 7 });
    assert.ok(!read.ok);
    assert.match(read.detail, /^malformed job of evaluate: id: .*expected string.*; batchId: /);
    for (const nothing of [null, 'text', []]) assert.equal(readPayload('track', nothing).ok, false);
  });
});
