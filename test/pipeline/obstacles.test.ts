import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  isStoppedBy,
  OBSTACLE_CODES,
  OBSTACLES,
  type ObstacleCode,
  PURPOSES,
  type Purpose,
  reasonOf,
} from '../../src/domain/obstacle/obstacle.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { PulledStudentGroup } from '../../src/ports/lms.ts';
import type { Certificate } from '../../src/records/certificates/certificates.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordPull, recordRelease, selectGroup } from '../../src/records/student-groups/student-groups.ts';
import { certificateOf } from '../support/coordinator.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';
import { type CellContext, WAYS } from './obstacle-purposes.ts';
import { SETUPS } from './obstacle-setups.ts';

/** Obstacles that cannot exist at the time when a purpose is tried. */
const NEVER_TOGETHER: Partial<Record<ObstacleCode, readonly Purpose[]>> = {
  // Reinstating takes the revocation back; the revocation has already ended an open new version.
  revoked: ['reinstate'],
  // The job of this purpose itself ends the obstacle.
  'signing-key-missing': ['render'],
  'version-asked': ['new-version'],
  // After the letter was sent, nobody has to check the move first. Before the report to the LMS, another code is used.
  'moved-unseen': [
    'patch',
    'new-letter',
    'ask-version',
    'new-version',
    'reinstate',
    'revoke',
    'report-issued',
    'allow',
  ],
  // This obstacle concerns only a letter that waits.
  'address-changed': Object.keys(PURPOSES).filter((purpose) => purpose !== 'send') as Purpose[],
  // A letter needs a diploma, and at most one letter is in progress; a revoked certificate has no waiting letter.
  'letter-in-flight': ['patch', 'render', 'keep-diploma', 'send', 'reinstate', 'allow'],
  'letter-waiting': ['patch', 'render', 'keep-diploma', 'send', 'reinstate', 'allow'],
};

describe('the question whether a certificate may go on', () => {
  let world: World;
  let certificate: Certificate;
  before(async () => {
    world = await startWorld();
    const ctx = world.pipeline;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
    const pulled = await ctx.lms.pullOne('sg_0002');
    assert.ok(pulled?.ok);
    await recordPull(ctx.db, { ...pulled, etag: '"known"' }, new Date(), ctx.normaliseEmail);
    await makeEvaluate(ctx)({ id: 'sg_0002', batchId: null });
    certificate = await certificateOf(world, 'sg_0002');
  });
  after(() => world.close());

  /** The LMS returns the data that the test has set up; every report to it is counted. */
  function contextOf(trx: Db): CellContext {
    const ctx: PipelineContext = world.pipeline;
    const cell: CellContext = {
      ...ctx,
      db: trx,
      requests: 0,
      enqueue: async (_trx, _queue, jobs) => jobs.length,
      lms: {
        ...ctx.lms,
        pullRelease: (id) => ctx.lms.pullRelease(id),
        async pullOne(id): Promise<PulledStudentGroup | null> {
          const group = await selectGroup(trx, id);
          if (!group?.snapshot || group.goneAt) return null;
          if (group.invalid) return { ok: false, id, detail: group.invalid };
          return { ok: true, studentGroup: group.snapshot, etag: group.etag };
        },
        async reportCriteriaMet() {
          cell.requests += 1;
          return { kind: 'applied', etag: null };
        },
      },
    };
    return cell;
  }

  /** Tries one combination in its own transaction, which is rolled back. */
  async function inCell<T>(purpose: Purpose, code: ObstacleCode | null, look: (ctx: CellContext) => Promise<T>) {
    const undo = new Error('undo');
    let seen: T | undefined;
    await world.base.db
      .transaction(async (trx) => {
        await WAYS[purpose].prepare(trx, certificate);
        if (code !== null) await SETUPS[code](trx, certificate);
        // The changed data are evaluated, as after an event: PATCH reports only evaluated data.
        if (purpose === 'patch' && code === 'other-student') {
          await makeEvaluate(contextOf(trx))({ id: certificate.studentGroupId, batchId: null });
        }
        seen = await look(contextOf(trx));
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return seen as T;
  }
  const found = async (db: Db): Promise<{ code: ObstacleCode; rank: number; hold: null; about: string | null }[]> =>
    (await db.raw('select * from obstacles(?, ?) order by rank', [certificate.studentGroupId, certificate.id])).rows;

  for (const purpose of Object.keys(PURPOSES) as Purpose[]) {
    describe(`for the purpose ${purpose}: ${PURPOSES[purpose]}`, () => {
      it('has the answer yes when there is no obstacle', async () => {
        assert.equal(await inCell(purpose, null, (ctx) => WAYS[purpose].isStopped(ctx, certificate)), false);
      });
      for (const code of OBSTACLE_CODES) {
        if (NEVER_TOGETHER[code]?.includes(purpose)) continue;
        it(`has the answer ${isStoppedBy(purpose, code) ? 'no' : 'yes'} with the obstacle ${code}`, async () => {
          const { codes, stopped } = await inCell(purpose, code, async (ctx) => ({
            codes: (await found(ctx.db)).map((one) => one.code),
            stopped: await WAYS[purpose].isStopped(ctx, certificate),
          }));
          assert.ok(codes.includes(code), `only ${codes} found`);
          // Some obstacles exist only together with others: a group that was moved before the report is also not
          // reported.
          assert.equal(
            stopped,
            codes.some((one) => isStoppedBy(purpose, one)),
            `with ${codes}`,
          );
        });
      }
    });
  }

  it('is answered by the database with exactly the codes of the table of obstacles, in the order of the table', async () => {
    for (const code of OBSTACLE_CODES) {
      const purpose =
        code === 'revoked' || code === 'release-moved' ? 'revoke' : code === 'not-drawn' ? 'render' : 'send';
      if (code.startsWith('letter-')) continue;
      const rows = await inCell(purpose, code, ({ db }) => found(db));
      const row = rows.find((one) => one.code === code);
      assert.equal(row?.rank, OBSTACLE_CODES.indexOf(code) + 1, code);
      const { detail, code: reason } = reasonOf(row);
      assert.ok(detail.length > 0 && (OBSTACLES[code].reason ?? 'window-exhausted') === reason, code);
    }
    const { rows } = await world.base.db.raw(`select prosrc from pg_proc where proname = 'obstacles'`);
    const ranked = [...rows[0].prosrc.matchAll(/(?:select|then|else) (\d+)(?: as rank)?\b/g)].map(([, rank]) =>
      Number(rank),
    );
    assert.deepEqual(
      [...new Set(ranked)].sort((a, b) => a - b),
      OBSTACLE_CODES.map((_, index) => index + 1),
    );
  });

  it('is answered with the same state that people see in a certificate', async () => {
    for (const code of OBSTACLE_CODES) {
      const { shown } = OBSTACLES[code];
      if (shown === null) continue;
      const standing = await inCell('send', code, ({ db }) =>
        db('membership_standing')
          .where({ student_group_id: certificate.studentGroupId, release_id: certificate.releaseId })
          .first(),
      );
      assert.equal(standing.state, shown, code);
      if (code !== 'revoked')
        assert.deepEqual(
          [standing.obstacle, standing.reason_code],
          [code, OBSTACLES[code].reason ?? 'window-exhausted'],
        );
    }
  });
});
