import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ids, openOffices, type Row } from './bulk-office.ts';
import { letter } from './letters.ts';

describe('acts on many at once', () => {
  let database: TestDatabase;
  let boris: string;
  let office: Awaited<ReturnType<typeof openOffices>>['office'];
  let certificates: Awaited<ReturnType<typeof openOffices>>['certificates'];
  before(async () => {
    database = await testDatabase();
    ({ boris, office, certificates } = await openOffices(database.knex));
  });
  after(() => database.drop());

  const actsOn = (subject: string) => database.knex('act').where({ subject }).orderBy('acted_at');

  it('does to each row what the single act does, with an audit entry of each that names the bulk act', async () => {
    const [one, two] = await certificates(2);
    const bulk = await office().done({
      verb: 'revoke',
      class: 'issued-in-error',
      selection: { ids: [one?.id, two?.group] },
    });
    assert.equal(bulk.state, 'finished');
    assert.deepEqual(bulk.counts, { total: 2, pending: 0, possible: 0, done: 2, refused: 0, failed: 0, cancelled: 0 });
    assert.deepEqual(
      bulk.items.map((row: Row) => [row.id, row.result, row.state]),
      [
        [one?.id, 'done', 'revoked'],
        [two?.id, 'done', 'revoked'],
      ],
    );
    for (const { id } of [one, two].filter((each) => each !== undefined)) {
      const [act, ...more] = await actsOn(id);
      assert.equal(more.length, 0);
      assert.deepEqual([act.verb, act.reason, act.bulk_act_id], ['certificate.revoke', 'fictional', bulk.id]);
      assert.match(act.actor, /^Anna \(/);
    }
    const [start] = await actsOn(bulk.id);
    assert.deepEqual([start.verb, start.detail.total, start.bulk_act_id], ['bulk.start', 2, null]);
  });

  it('names a row by id, number or student group, each once, and says which names are unknown', async () => {
    const [one] = await certificates(1);
    const { number } = await database.knex('certificate').where({ id: one?.id }).first('number');
    const bulk = await office().done({
      verb: 'revoke',
      selection: { ids: [number, one?.id, one?.group, 'INT-99-000000'] },
    });
    assert.deepEqual(bulk.counts.total, 2);
    assert.deepEqual(
      bulk.items.map((row: Row & { number: string }) => [row.id, row.number, row.result, row.reason?.code ?? null]),
      [
        [one?.id, number, 'done', null],
        ['INT-99-000000', null, 'refused', 'unknown'],
      ],
    );
  });

  it('refuses single rows with the reason of the single act, the present state and the last act of somebody; the others are done', async () => {
    const all = await certificates(3);
    const { app, done } = office();
    await request(app)
      .post(`/api/certificates/${all[1]?.id}/revoke`)
      .set('Authorization', boris)
      .send({ reason: 'first' });
    const bulk = await done({ verb: 'revoke', selection: { ids: ids(all) } });
    assert.deepEqual(
      bulk.items.map((row: Row) => row.result),
      ['done', 'refused', 'done'],
    );
    const { reason, state, formerAct } = bulk.items[1] as Row;
    assert.equal(reason?.code, 'revoked');
    assert.equal(state, 'revoked');
    assert.equal(formerAct?.verb, 'certificate.revoke');
    assert.match(formerAct?.actor ?? '', /^Boris/);
    assert.deepEqual(bulk.refusedBy, { revoked: 1 });
  });

  it('a dry run counts what would be done and what would be refused, changes nothing, and its count can be expected', async () => {
    const all = await certificates(3);
    const { app, done, start } = office();
    await request(app)
      .post(`/api/certificates/${all[0]?.id}/revoke`)
      .set('Authorization', boris)
      .send({ reason: 'first' });
    const dry = await done({ verb: 'revoke', selection: { ids: ids(all) }, dryRun: true });
    assert.deepEqual(dry.counts, { total: 3, pending: 0, possible: 2, done: 0, refused: 1, failed: 0, cancelled: 0 });
    for (const { id } of all.slice(1)) {
      assert.deepEqual(await actsOn(id), []);
      assert.equal(await database.knex('validity_act').where({ certificate_id: id }).first('id'), undefined);
    }
    const wrong = await start({ verb: 'revoke', selection: { ids: ids(all) }, expect: 4 });
    assert.equal(wrong.status, 409);
    assert.match(wrong.body.detail, /3 rows, not 4/);
    assert.equal(await database.knex('bulk_act').where({ reason: 'expected' }).first('id'), undefined);
    const right = await start({ verb: 'revoke', selection: { ids: ids(all) }, expect: 3 });
    assert.equal(right.status, 202);
  });

  for (const [verb, own] of [
    ['resend', {}],
    ['reissue', {}],
    ['reinstate', {}],
    ['override', { changes: { country: 'Kazakhstan', certTemplate: null } }],
    ['exclude', {}],
  ] as const) {
    it(`"${verb}" does its single act`, async () => {
      const [one] = await certificates(1);
      const { app, done } = office();
      await letter(database.knex, one?.id ?? '', 'delivered');
      if (verb === 'reinstate')
        await request(app)
          .post(`/api/certificates/${one?.id}/revoke`)
          .set('Authorization', boris)
          .send({ reason: 'first' });
      const subject = verb === 'override' || verb === 'exclude' ? one?.group : one?.id;
      const bulk = await done({ verb, selection: { ids: [one?.id] }, ...own });
      assert.deepEqual(
        bulk.items.map((row: Row) => [row.id, row.result, row.reason?.code]),
        [[subject, 'done', undefined]],
      );
      const named = await database.knex('act').where({ bulk_act_id: bulk.id }).pluck('verb');
      const single = verb === 'override' || verb === 'exclude' ? 'student-group.override' : `certificate.${verb}`;
      assert.deepEqual(named, [single]);
    });
  }

  it('selects by the filter of the list of student groups, as they are at the start', async () => {
    const { knex } = database;
    const all = await certificates(3);
    for (const { id } of all.slice(0, 2)) await letter(knex, id, 'uncertain');
    const { done, start } = office();
    const selection = { filter: { state: 'uncertain', release: 'rel_test' } };
    const dry = await done({ verb: 'exclude', selection, dryRun: true });
    assert.deepEqual([dry.counts.total, dry.counts.possible], [2, 2]);
    assert.deepEqual(dry.filter, selection.filter);
    await letter(knex, all[2]?.id ?? '', 'uncertain');
    const late = await start({ verb: 'exclude', selection, expect: 2 });
    assert.equal(late.status, 409);
    assert.match(late.body.detail, /3 rows, not 2/);
    const bulk = await done({ verb: 'exclude', selection, expect: 3 });
    assert.deepEqual(
      bulk.items.map((row: Row) => [row.id, row.result]),
      all.map(({ group }) => [group, 'done']).sort(),
    );
  });

  it('keeps nothing of what was typed to search for people', async () => {
    const [one] = await certificates(1);
    const { body } = await office().start({ verb: 'exclude', dryRun: true, selection: { filter: { q: one?.group } } });
    assert.deepEqual([body.counts.total, body.filter], [1, { q: '…' }]);
  });

  it('"dismiss" has a row for each open flag of the student groups, of the kinds asked for', async () => {
    const [one, two] = await certificates(2);
    const raise = async (kind: string, group = one?.group) => {
      const id = randomUUID();
      await database
        .knex('flag')
        .insert({ id, student_group_id: group, kind, detail: 'fictional', raised_at: new Date() });
      return id;
    };
    const flags = [await raise('hours-differ'), await raise('student-merged')];
    const own = await raise('student-merged', two?.group);
    const { done } = office();
    const some = await done({ verb: 'dismiss', kinds: ['hours-differ'], selection: { ids: [one?.group, two?.id] } });
    assert.deepEqual(
      some.items.map((row: Row) => [row.id, row.result, row.reason?.code ?? null]),
      [
        [flags[0], 'done', null],
        [two?.group, 'refused', 'no-flag'],
      ],
    );
    const rest = await done({ verb: 'dismiss', selection: { ids: [one?.group, own] } });
    assert.deepEqual(
      rest.items.map((row: Row) => [row.id, row.result]),
      [
        [flags[1], 'done'],
        [own, 'done'],
      ],
    );
  });

  it('"retry" pulls and judges again what its newest batch holds, and refuses what needs no retry', async () => {
    const { knex } = database;
    const [held, sent, alone] = await certificates(3);
    const batch = randomUUID();
    await knex('batch').insert({
      id: batch,
      release_id: 'rel_test',
      dry_run: false,
      actor: 'a',
      request_hash: 'h',
      created_at: new Date(),
      pulled_at: new Date(),
    });
    for (const group of [held?.group, sent?.group])
      await knex('batch_item').insert({
        batch_id: batch,
        student_group_id: group,
        release_id: 'rel_test',
        evaluated_at: new Date(),
      });
    await letter(knex, held?.id ?? '', 'refused');
    await letter(knex, alone?.id ?? '', 'bounced');
    await letter(knex, sent?.id ?? '', 'sent');
    const { done, enqueued } = office();
    const bulk = await done({ verb: 'retry', selection: { ids: [held?.id, sent?.id, alone?.group] } });
    assert.deepEqual(
      bulk.items.map((row: Row) => [row.id, row.result, row.reason?.code ?? null]),
      [
        [held?.group, 'done', null],
        [sent?.group, 'refused', 'no-retry'],
        [alone?.group, 'refused', 'no-batch-to-retry'],
      ],
    );
    assert.deepEqual(
      enqueued.filter(({ queue }) => queue === 'ingest'),
      [{ queue: 'ingest', job: { kind: 'item', id: held?.group, batchId: batch } }],
    );
  });
});
