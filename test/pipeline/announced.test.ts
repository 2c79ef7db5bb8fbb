import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WAITING_COUNTRY } from '../../src/demo/templates.ts';
import { watchLmsEvents } from '../../src/pipeline/watch-lms-events.ts';
import type { Lms } from '../../src/ports/lms.ts';
import { announce } from '../support/announce.ts';
import { RELEASE, startWorld, until, type World } from '../support/world.ts';

const DAY_MS = 24 * 3_600_000;

/** Events arrive as webhooks; their pulls go through a port that counts and can stop them. */
describe('events of the LMS', () => {
  let world: World;
  let ready: string[];
  const asked: string[] = [];
  /** The pull waits at this point, after the LMS has responded. */
  let afterAnswer: () => Promise<void> = async () => undefined;
  before(async () => {
    world = await startWorld({ size: 30 });
    const lms: Lms = world.pipeline.lms;
    world.pipeline.lms = {
      ...lms,
      async pullOne(id) {
        asked.push(id);
        const answer = await lms.pullOne(id);
        await afterAnswer();
        return answer;
      },
      async pullPage(query) {
        // The last query for changes is part of the pull, not a pull of its own.
        if (query.updatedSince === undefined) asked.push(`${query.releaseId} ${query.cursor ?? 'first page'}`);
        const answer = await lms.pullPage(query);
        await afterAnswer();
        return answer;
      },
    };
    await world.run();
    ready = await world.mailable();
  });
  after(() => world.close());

  const next = (): string => {
    const id = ready.shift();
    assert.ok(id, 'the sample has too few ready student groups');
    return id;
  };
  const change = (id: string, fields: object) => world.lms.control(`student-groups/${id}?quiet=1`, fields);
  const recordOf = async (id: string): Promise<object> => {
    const headers = { authorization: `Bearer ${world.env['LMS_TOKEN']}` };
    return (await (await fetch(`${world.lms.url}/student-groups/${id}`, { headers })).json()) as object;
  };
  let sent = '';
  let count = 0;
  const tell = (type: string, ids: { studentGroupId?: string; releaseId?: string }) =>
    announce(world.pipeline, {
      id: `msg_${++count}`,
      type,
      studentGroupId: ids.studentGroupId ?? null,
      releaseId: ids.releaseId ?? null,
    });
  const openEvents = async () =>
    Number((await world.base.db('lms_event').whereNull('settled_at').count('* as n').first())?.['n']);
  const settled = () => until('all events to be settled', async () => (await openEvents()) === 0);
  const storm = (times: number, tellOne: () => Promise<void>) =>
    Promise.all(
      Array.from({ length: 10 }, async (_, lane) => {
        for (let n = lane; n < times; n += 10) await tellOne();
      }),
    );
  /** Announces an event; while its pull has the answer but has not stored it, runs `meanwhile`. */
  async function duringAPull(tellOne: () => Promise<void>, meanwhile: () => Promise<unknown>): Promise<string[]> {
    asked.length = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let inside = false;
    afterAnswer = () => {
      inside = true;
      return gate;
    };
    await tellOne();
    await until('a pull under way', async () => inside);
    await meanwhile();
    afterAnswer = async () => undefined;
    open();
    await settled();
    return [...asked];
  }

  it('about one student group, three hundred during a pull, cause one more pull, which reads the newest data', async () => {
    const id = next();
    await change(id, { status: 'active' });
    const tellOne = () => tell('student-group.updated', { studentGroupId: id });
    const pulls = await duringAPull(tellOne, async () => {
      await storm(300, tellOne);
      await change(id, { progress: { score: 61.25 } });
      await tellOne();
    });
    assert.deepEqual(pulls, [id, id]);
    const { snapshot } = await world.base.db('student_group').where({ id }).first('snapshot');
    assert.equal(snapshot.progress.score, 61.25);
  });

  it('that report a deletion count only after the LMS answers 404, and are undone when the student group exists again', async () => {
    const id = next();
    const record = await recordOf(id);
    await change(id, { status: 'active' });
    await tell('student-group.deleted', { studentGroupId: id });
    await settled();
    await world.reaches(id, 'not-met');

    await world.lms.control(`student-groups/${id}`, undefined, 'DELETE');
    await tell('student-group.deleted', { studentGroupId: id });
    assert.equal((await world.reaches(id, 'held')).reason?.code, 'lms-gone');
    await settled();

    await world.lms.control('student-groups?quiet=1', record);
    await tell('student-group.updated', { studentGroupId: id });
    await world.reaches(id, 'sent');
    await settled();
    sent = id;
  });

  it('that report a deletion after the letter was sent only raise a flag; the flag is cleared when the group exists again', async () => {
    const id = sent;
    const record = await recordOf(id);
    await world.lms.control(`student-groups/${id}`, undefined, 'DELETE');
    await tell('student-group.deleted', { studentGroupId: id });
    await settled();
    const flags = () => world.base.db('flag').where({ student_group_id: id, kind: 'deleted-after-sent' });
    assert.deepEqual(
      (await flags()).map((flag) => flag.ended_at),
      [null],
    );
    assert.equal((await world.standing(id)).state, 'sent');

    await world.lms.control('student-groups?quiet=1', record);
    await tell('student-group.updated', { studentGroupId: id });
    await settled();
    assert.ok((await flags()).every((flag) => flag.ended_at !== null));
  });

  it('that report the return of a deleted student group let its waiting letter continue', async () => {
    const { db } = world.base;
    const id = next();
    await change(id, {
      registration: { country: WAITING_COUNTRY },
      student: { country: WAITING_COUNTRY, phone: null, timezone: null },
    });
    await tell('student-group.completed', { studentGroupId: id });
    const { certificateId } = await world.reaches(id, 'waiting');
    // The hold that the last check before sending opens.
    await db('hold').insert({
      id: world.base.newId(),
      student_group_id: id,
      certificate_id: certificateId,
      stage: 'send',
      code: 'lms-gone',
      detail: 'the LMS no longer has this student group',
      held_at: new Date(),
    });
    await tell('student-group.updated', { studentGroupId: id });
    await world.reaches(id, 'waiting');
  });

  it('of an unknown type are stored and have no effect', async () => {
    await settled();
    asked.length = 0;
    await tell('student-group.renamed', { studentGroupId: 'sg_0001' });
    assert.equal(await openEvents(), 0);
    assert.deepEqual(asked, []);
  });

  it('are deleted thirty days after they were processed; an event whose pull was lost is pulled at any age', async () => {
    const id = next();
    const { db } = world.base;
    const at = (days: number) => new Date(Date.now() - days * DAY_MS);
    await db('lms_event').insert([
      { id: 'old', type: 'course.renamed', received_at: at(30.1), settled_at: at(30) },
      { id: 'young', type: 'course.renamed', received_at: at(29.9), settled_at: at(29.8) },
      { id: 'lost', type: 'student-group.updated', student_group_id: id, received_at: at(31) },
    ]);
    asked.length = 0;
    await watchLmsEvents(world.pipeline);
    assert.deepEqual((await db('lms_event').whereIn('id', ['old', 'young', 'lost']).pluck('id')).sort(), [
      'lost',
      'young',
    ]);
    await settled();
    assert.ok(asked.includes(id));
  });

  it('about the closing of a release, sixty during a pull, cause one more pull of the release', async () => {
    const tellOne = () => tell('release.closed', { releaseId: RELEASE });
    // A pull that an unavailable LMS interrupts goes on as the same one, and may ask for a page again.
    const pulls = async () => (await world.base.db('release_pull').where({ cause: 'event' }).pluck('id')).length;
    const earlier = await pulls();
    const pages = await duringAPull(tellOne, () => storm(60, tellOne));
    assert.equal((await pulls()) - earlier, 2);
    assert.ok(pages.filter((page) => page === `${RELEASE} first page`).length >= 2);
  });
});
