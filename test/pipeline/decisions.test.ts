import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { runDecisionShow } from '../../src/commands/decision.ts';
import { type ReplayOptions, runDecisionReplay } from '../../src/commands/decision-replay.ts';
import { openReplayer, type Replayer } from '../../src/compose/open-replayer.ts';
import { viewLatestDecision } from '../../src/coordinate/decision-view.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import {
  type Decision,
  eraseDecisions,
  selectDecisionsBefore,
  selectLatestDecision,
} from '../../src/records/student-groups/decisions.ts';
import { dismissFlag, selectFlagsOfGroup } from '../../src/records/student-groups/flags.ts';
import { insertOverrides } from '../../src/records/student-groups/overrides.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { withinErasure } from '../support/within-erasure.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

describe('decisions about teachers', () => {
  let world: World;
  let ctx: PipelineContext;
  let replayer: Replayer;
  let ready: string[];
  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    await world.run();
    ready = await world.ready();
    await world.halt();
    replayer = await openReplayer(ctx.db, world.config.TEMPLATES_DIR);
  });
  after(async () => {
    await replayer.close();
    await world.close();
  });

  const next = (): string => ready.shift() ?? assert.fail('the sample has too few ready student groups');
  const evaluate = (id: string) => makeEvaluate(ctx)({ id, batchId: null });
  const decisionsOf = (id: string): Promise<string[]> =>
    ctx.db('decision').where({ student_group_id: id, dry_run: false }).orderBy('sequence').pluck('id');
  /** Changes data in the LMS, then pulls and evaluates them. */
  async function told(id: string, change: object): Promise<void> {
    await world.lms.control(`student-groups/${id}?quiet=1`, change);
    const pulled = await ctx.lms.pullOne(id);
    assert.ok(pulled?.ok);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    await evaluate(id);
  }
  const score = async (id: string, value: number) => {
    const { snapshot } = await ctx.db('student_group').where({ id }).first('snapshot');
    await told(id, { progress: { ...snapshot.progress, score: value } });
  };
  async function awarded(): Promise<{ id: string; certificateId: string }> {
    const id = next();
    await evaluate(id);
    const row = await ctx.db('certificate').where({ student_group_id: id }).first('id');
    return { id, certificateId: row?.id ?? assert.fail(`${id} was not awarded`) };
  }
  async function override(id: string, changes: Parameters<typeof insertOverrides>[1]['changes']): Promise<void> {
    const act = { id: randomUUID(), actor: 'tester', verb: 'override', subject: id, acted_at: new Date() };
    await ctx.db('act').insert(act);
    const said = { studentGroupId: id, changes, actor: 'tester', reason: 'fictional', actId: act.id };
    await insertOverrides(ctx.db, said, new Date());
  }
  const flagsOf = async (id: string) => (await selectFlagsOfGroup(ctx.db, id)).map(({ kind }) => kind);
  async function run(ids: string[], options: ReplayOptions = {}): Promise<{ lines: string[]; fault: string | null }> {
    const lines: string[] = [];
    const ran = runDecisionReplay(world.config, ids, options, (line) => lines.push(line));
    return {
      lines,
      fault: await ran.then(
        () => null,
        (error: Error) => error.message,
      ),
    };
  }

  it('of the whole sample release give the same result when replayed, by the old rules and by the current rules', async () => {
    const all = await selectDecisionsBefore(ctx.db, { releaseId: RELEASE, before: null, limit: 200 });
    assert.ok(all.length >= 60, `${all.length} decisions`);
    const outcomes = new Set(all.map(({ outcome }) => outcome));
    assert.deepEqual([...outcomes].sort(), ['excluded', 'held', 'met', 'not-met']);
    const replays = await Promise.all(all.map((decision) => replayer.replay(decision)));
    const odd = replays.filter((replay) => replay.kind !== 'same' || replay.today.differences.length > 0);
    assert.deepEqual(odd, []);
  });

  it('whose stored result was changed are detected by a replay', async () => {
    const [stored] = await selectDecisionsBefore(ctx.db, { releaseId: null, before: null, limit: 1 });
    assert.ok(stored);
    const forged: Decision = { ...stored, outcome: 'held', reason: { code: 'volume', detail: 'forged' } };
    const replay = await replayer.replay(forged);
    assert.equal(replay.kind, 'different');
    assert.match(replay.kind === 'different' ? (replay.differences[0] ?? '') : '', /^outcome: stored held volume, now/);
  });

  it('about the same data by the same rules are stored once, however often they are requested', async () => {
    const id = next();
    await score(id, 12);
    const [first] = await decisionsOf(id);
    await Promise.all([evaluate(id), evaluate(id), evaluate(id)]);
    assert.deepEqual(await decisionsOf(id), [first]);
    await score(id, 99);
    assert.equal((await decisionsOf(id)).length, 2, 'other data are judged anew');
    assert.equal((await selectLatestDecision(ctx.db, id))?.outcome, 'met');
    assert.equal((await world.standing(id)).state, 'awarded');
  });

  it('are named by id in the items of the batch', async () => {
    const id = next();
    await score(id, 12);
    const batchId = randomUUID();
    const batch = { id: batchId, student_group_ids: `["${id}"]`, dry_run: true, actor: 'tester', request_hash: 'h' };
    await ctx.db('batch').insert({ ...batch, created_at: new Date() });
    await ctx.db('batch_item').insert({ batch_id: batchId, student_group_id: id });
    await makeEvaluate(ctx)({ id, batchId });
    const item = await ctx.db('batch_item').where({ batch_id: batchId }).first('decision_id', 'would_be');
    assert.deepEqual(item, { decision_id: (await decisionsOf(id))[0], would_be: 'not-met' });
  });

  it('include overrides that arrive during the evaluation', async () => {
    const id = next();
    const later: object[] = [];
    const meddled: PipelineContext = {
      ...ctx,
      db: new Proxy(ctx.db, {
        get: (db, name) =>
          name !== 'transaction'
            ? Reflect.get(db, name)
            : async (work: Parameters<typeof db.transaction>[0]) => {
                await override(id, { excluded: true });
                return db.transaction(work);
              },
      }),
      enqueue: async (_trx, queue, jobs) => later.push({ queue, jobs }),
    };
    await makeEvaluate(meddled)({ id, batchId: null });
    assert.deepEqual(await decisionsOf(id), []);
    assert.deepEqual(later, [{ queue: 'evaluate', jobs: [{ id, batchId: null }] }]);
    await evaluate(id);
    const { state, reason } = await world.standing(id);
    assert.deepEqual([state, reason?.code], ['excluded', 'excluded']);
  });

  it('that are negative after the report to the LMS revoke nothing: they raise a flag, and the next positive decision clears it', async () => {
    const { id, certificateId } = await awarded();
    await makePatch(ctx)({ id: certificateId });
    const before = await world.standing(id);
    await score(id, 12);
    const [flag] = await selectFlagsOfGroup(ctx.db, id);
    assert.deepEqual([flag?.kind, flag?.certificateId], ['criteria-no-longer-met', certificateId]);
    assert.match(flag?.detail ?? '', /progress\.score is 12, at least 60/);
    assert.deepEqual((await world.standing(id)).state, before.state);
    await score(id, 99);
    assert.deepEqual(await flagsOf(id), []);
    await score(id, 12);
    const [again] = await selectFlagsOfGroup(ctx.db, id);
    const act = { id: randomUUID(), actor: 'tester', verb: 'dismiss', subject: id, acted_at: new Date() };
    await ctx.db('act').insert(act);
    await dismissFlag(ctx.db, again?.id ?? '', act.id, new Date());
    await evaluate(id);
    assert.deepEqual(await flagsOf(id), [], 'a person has seen it');
  });

  it('that are negative before the report to the LMS hold the certificate; for an excluded student, the reason says so', async () => {
    const { id } = await awarded();
    await override(id, { excluded: true });
    await evaluate(id);
    const { state, reason } = await world.standing(id);
    assert.deepEqual([state, reason?.code, await flagsOf(id)], ['held', 'excluded', []]);
  });

  it('raise a flag when the LMS has another template than the reported one, and change nothing in the LMS', async () => {
    const { id, certificateId } = await awarded();
    await makePatch(ctx)({ id: certificateId });
    await told(id, { status: 'criteria met', certTemplate: 'somebody-else' });
    assert.deepEqual(await flagsOf(id), ['lms-template-differs']);
  });

  it('about students merged in the LMS give one certificate, whichever group is evaluated', async () => {
    const { id, certificateId } = await awarded();
    const other = next();
    const merged = { student: { id: 'st_merged' } };
    await told(id, merged);
    assert.deepEqual(await flagsOf(id), ['student-merged']);
    await told(other, merged);
    const { state, reason, certificateId: shown } = await world.standing(other);
    assert.deepEqual([state, reason?.code, shown], ['excluded', 'already-awarded', certificateId]);
    const certificates = await ctx.db('certificate').whereIn('student_group_id', [id, other]).pluck('id');
    assert.deepEqual(certificates, [certificateId]);
  });

  it('cannot be changed; erasure removes their personal data, and then they cannot be replayed', async () => {
    const id = next();
    await score(id, 12);
    const [decision] = await decisionsOf(id);
    const row = () => ctx.db('decision').where({ id: decision });
    for (const change of [
      { outcome: 'met' },
      { inputs: '{}' },
      { criteria: '[1]' },
      { reason_detail: 'x' },
      { country: '{"code":"XX"}' },
    ])
      await assert.rejects(row().update(change), /append only/, JSON.stringify(change));
    await assert.rejects(row().delete(), /append only/);
    await assert.rejects(eraseDecisions(ctx.db, id), /only an erasure/);
    await withinErasure(ctx.db, (trx) => eraseDecisions(trx, id));
    const erased = await row().first('inputs', 'criteria', 'country', 'reason_code', 'reason_detail');
    assert.deepEqual([erased.inputs, erased.criteria, Object.keys(erased.country)], [null, [], ['code']]);
    assert.deepEqual([erased.reason_code, erased.reason_detail], ['criteria-not-met', null]);
    const { lines, fault } = await run([decision ?? '']);
    assert.match(lines.join('\n'), /cannot be replayed: the data of the decision were erased/);
    assert.equal(fault, 'decisions that could not be replayed: 1');
  });

  it('with unreadable stored data report that they cannot be replayed', async () => {
    const [stored] = await selectDecisionsBefore(ctx.db, { releaseId: null, before: null, limit: 1 });
    assert.ok(stored);
    const unreadable = { ...stored, inputs: { studentGroup: { updatedAt: '2026-11-20T09:15:00Z' } } };
    const replay = await replayer.replay(unreadable);
    assert.deepEqual(replay, {
      kind: 'impossible',
      detail: 'this version of Gramota cannot read the stored data of the decision',
    });
  });

  it('are replayed by "gramota decision replay" by id, by release or the last ones, without showing personal data', async () => {
    const id = next();
    await evaluate(id);
    const [decision = ''] = await decisionsOf(id);
    const named = await run([decision]);
    assert.deepEqual(named, {
      lines: [`decision ${decision} of ${id} (met): same`, '  the current rules give the same result'],
      fault: null,
    });
    const { lines } = await run([], { release: RELEASE, last: 40, json: true });
    const { counts, decisions } = JSON.parse(lines.join(''));
    assert.deepEqual([counts.same + counts.impossible, counts.different, counts.differentToday], [40, 0, 0]);
    assert.equal(decisions.length, counts.impossible, 'what is the same is not listed');
    const { snapshot } = await ctx.db('student_group').where({ id }).first('snapshot');
    for (const secret of [snapshot.student.fullName, snapshot.student.email])
      assert.ok(![...named.lines, ...lines].join('').includes(secret));
    assert.match((await run([randomUUID()])).fault ?? '', /^there is no decision [^\n]+$/);
    assert.match((await run([])).fault ?? '', /^give ids of decisions, or --release or --last/);
  });

  it('are shown in words by "gramota decision show", in English and in Russian', async () => {
    const id = next();
    await override(id, { allow: ['progress.score'] });
    await score(id, 12);
    let [decision = ''] = await decisionsOf(id);
    const shown = async (lang: 'en' | 'ru') => {
      const lines: string[] = [];
      await runDecisionShow(world.config, decision, { lang }, (line) => lines.push(line));
      return lines.join('\n');
    };
    assert.match(await shown('en'), new RegExp(`^decision ${ID.source} of student group ${id}.*\\n  outcome +met\\n`));
    assert.match(
      await shown('en'),
      /overrides +allow\n.*\n +met .*Role: teacher.*\n(.*\n)*? +waived +Score: 12, needed: at least 60; a coordinator has waived this criterion/,
    );
    assert.match(await shown('ru'), /итог +выполнено\n(.*\n)* +снят +[^\n]+: 12, нужно: не меньше 60/);
    await override(id, { allow: null });
    await evaluate(id);
    decision = (await decisionsOf(id))[1] ?? '';
    assert.match(
      await shown('en'),
      /outcome +not met \(criteria-not-met\)\n(.*\n)* {2}changes that would change the outcome: score: at least 60 \(\+48\)$/,
    );
    // The same decision is shown in words over HTTP.
    const rulesOf = async () => ctx.rulebook.criteria;
    const view = await viewLatestDecision({ db: ctx.db, rulesOf }, id);
    assert.deepEqual([view?.id, view?.change?.en], [decision, 'score: at least 60 (+48)']);
    const unmet = view?.criteria.filter(({ met }) => !met).map(({ sentence }) => sentence);
    assert.deepEqual(
      unmet?.map(({ en }) => en),
      ['Score: 12, needed: at least 60'],
    );
    assert.match(unmet?.[0]?.ru ?? '', /: 12, нужно: не меньше 60$/);
  });
});
