import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actOnBatch } from '../../src/coordinate/batch-verbs.ts';
import { resendCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { type OverrideContext, overrideStudentGroup } from '../../src/coordinate/override-student-group.ts';
import { reissueCertificate } from '../../src/coordinate/reissue-certificate.ts';
import { Problem } from '../../src/platform/http/problem.ts';
import { selectCertificate } from '../../src/records/certificates/certificates.ts';
import { recordPull, selectGroup } from '../../src/records/student-groups/student-groups.ts';
import { BY, personCtx, settled } from '../support/coordinator.ts';
import { jobsDone, startWorld, until, type World } from '../support/world.ts';

const ACTORS = 6;
const ACTS = 240;

/**
 * Workers send while events, overrides, reissues, resends and pauses lock the same rows. The sweep over lost jobs looks
 * at steps that are 15 minutes overdue, so it repairs nothing here: a letter that was locked during its claim and never
 * tried again would keep the batch open for ever.
 */
describe('during many concurrent actions', () => {
  let world: World;
  let ids: string[];
  before(async () => {
    world = await startWorld({
      settings: { SENDSAY_RATE_PER_SECOND: '10', SENDSAY_TIMEOUT_SECONDS: '60', WORKER_CONCURRENCY: '10' },
    });
    await world.run();
    ids = await world.mailable();
    assert.ok(ids.length > 10);
  });
  after(() => world.close());

  it('no letter is lost, none is sent twice, and none of an old version is sent after a new version was accepted', async () => {
    const { db } = world.base;
    const ctx = world.pipeline;
    const batch = await world.batch({ ids });
    await until('the first award', async () => db('certificate').first('id'));
    const overriding: OverrideContext = {
      ...ctx,
      templates: () => [],
      criteria: ctx.rulebook.criteria,
      mailInstructions: ctx.mail.instructions,
    };
    const pull = async (id: string) => {
      const pulled = (await ctx.lms.pullOne(id)) ?? assert.fail(`the LMS does not know ${id}`);
      await recordPull(db, pulled, new Date(), ctx.normaliseEmail, { id });
    };
    const exclude = async (id: string, excluded: boolean) => {
      const group = await selectGroup(db, id);
      if (group) await overrideStudentGroup(overriding, group, { excluded, reason: BY.reason }, BY.actor);
    };
    const withCertificate = async (group: string, act: typeof resendCertificate | typeof reissueCertificate) => {
      const row = await db('certificate').where({ student_group_id: group }).first('id');
      const certificate = row && (await selectCertificate(db, row.id));
      if (certificate) await act({ ...ctx, ...personCtx(world) }, certificate, BY);
    };
    const kinds: ((group: string) => Promise<unknown>)[] = [
      pull,
      (group) => exclude(group, true),
      (group) => exclude(group, false),
      (group) => withCertificate(group, reissueCertificate),
      (group) => withCertificate(group, resendCertificate),
      () => actOnBatch(ctx, batch, 'pause', BY),
      () => actOnBatch(ctx, batch, 'resume', BY),
    ];
    const done: Record<string, number> = { done: 0, refused: 0 };
    let left = ACTS;
    await Promise.all(
      Array.from({ length: ACTORS }, async () => {
        while (left > 0) {
          const number = left;
          left -= 1;
          // Every kind of action is applied to every student group during the run.
          const group = ids[Math.floor(number / kinds.length) % ids.length] ?? '';
          try {
            await kinds[number % kinds.length]?.(group);
            done['done'] = (done['done'] ?? 0) + 1;
          } catch (error) {
            // When two actions run at once, one of them may be refused. Any other error, such as a deadlock, is a
            // fault.
            if (!(error instanceof Problem) || error.status !== 409) throw error;
            done['refused'] = (done['refused'] ?? 0) + 1;
          }
        }
      }),
    );
    for (const id of ids) await exclude(id, false);
    await actOnBatch(ctx, batch, 'resume', BY);
    await settled(world, batch);
    const mine: string[] = await db('certificate').whereIn('student_group_id', ids).pluck('id');
    const open = () => db('reissue').whereIn('certificate_id', mine).whereNull('settled_at').first('id');
    await until('every new version to be settled', async () => !(await open()));
    await settled(world, batch);
    await jobsDone(world, [...mine, ...ids]);

    assert.ok((done['done'] ?? 0) > ACTS / 4, `${JSON.stringify(done)}`);
    assert.equal(mine.length, ids.length, 'everybody has a certificate');
    const letters = (await world.letters()).map(({ trackInfo }) => trackInfo);
    assert.equal(new Set(letters).size, letters.length, 'no letter twice');
    const intended: { id: string; state: string }[] = await db('personal_issue').whereIn('certificate_id', mine);
    const sent = intended.filter(({ state }) => state !== 'cancelled').map(({ id }) => id);
    assert.deepEqual(new Set(letters), new Set(sent), 'every letter that was not called back has left');
    assert.deepEqual(new Set(intended.map(({ state }) => state)).has('waiting'), false);
    const { rows: unmailed } = await db.raw(
      `select v.certificate_id from certificate_version v where v.certificate_id = any(?) and v.version =
         (select max(version) from certificate_version where certificate_id = v.certificate_id)
       and not exists (select 1 from personal_issue i where (i.certificate_id, i.version) = (v.certificate_id, v.version)
         and i.state = 'sent')`,
      [mine],
    );
    assert.deepEqual(unmailed, [], 'the newest version of everybody was mailed');
    const { rows: late } = await db.raw(
      `select 1 from send_attempt a join personal_issue i on i.id = a.personal_issue_id
       join reissue r on r.certificate_id = i.certificate_id
       where i.version < r.version and a.started_at > r.asked_at`,
    );
    assert.deepEqual(late, [], 'no letter of a former version left after the new one was accepted');
  });
});
