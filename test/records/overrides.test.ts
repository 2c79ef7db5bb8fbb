import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { NO_OVERRIDES, OVERRIDE_FIELDS } from '../../src/domain/student-group/override.ts';
import type { Db } from '../../src/records/rows.ts';
import {
  clearFlag,
  dismissFlag,
  raiseFlag,
  selectFlagsOfGroup,
  selectOpenFlags,
} from '../../src/records/student-groups/flags.ts';
import { lockSnapshot } from '../../src/records/student-groups/lock-snapshot.ts';
import {
  inForce,
  insertOverrides,
  lockForOverriding,
  needsReissue,
  type OverrideValue,
  selectExceptions,
  selectOverrideRows,
  selectOverrides,
} from '../../src/records/student-groups/overrides.ts';
import { isEmailShared, recordPull } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { award, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { withinErasure } from '../support/within-erasure.ts';

describe('stored overrides', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
  });
  after(() => database.drop());

  const pulled = async (id: string, studentId = `st_${id}`): Promise<string> => {
    const told = { ok: true as const, studentGroup: studentGroup(id, studentId), etag: null };
    await recordPull(db, told, new Date(), (email) => email);
    return id;
  };
  const says = async (
    studentGroupId: string,
    changes: Record<string, OverrideValue>,
    at = new Date(),
    trx: Db = db,
  ): Promise<string> => {
    const act = { id: randomUUID(), actor: 'Anna', verb: 'student-group.override', subject: studentGroupId };
    await recordAct(trx, { ...act, reason: 'fictional' }, at);
    await insertOverrides(trx, { studentGroupId, changes, actor: 'Anna', reason: 'fictional', actId: act.id }, at);
    return act.id;
  };

  it('are all kept; the newest override of a field is effective, and null withdraws it', async () => {
    const id = await pulled('sg_words');
    assert.deepEqual(await selectOverrides(db, id), NO_OVERRIDES);
    await says(id, { country: 'KZ', allow: ['progress.score', 'project.accepted'], excluded: true });
    await says(id, { country: 'UZ', excluded: null });
    assert.deepEqual(await selectOverrides(db, id), {
      ...NO_OVERRIDES,
      country: 'UZ',
      allow: ['progress.score', 'project.accepted'],
    });
    const rows = await selectOverrideRows(db, id);
    assert.equal(rows.length, 5);
    assert.deepEqual(
      inForce(rows, OVERRIDE_FIELDS).map(({ field, value }) => [field, value]),
      [
        ['country', 'UZ'],
        ['allow', ['progress.score', 'project.accepted']],
      ],
    );
  });

  it('cannot be changed or deleted, only emptied by erasure', async () => {
    const id = await pulled('sg_frozen');
    await says(id, { fullName: 'Айгүл Сапарова', email: 'aigul@school.example' });
    const mine = () => db('override').where({ student_group_id: id });
    for (const change of [
      { value: null },
      { value: '"Another"' },
      { actor: 'Boris' },
      { reason: 'another' },
      { at: new Date() },
    ])
      await assert.rejects(async () => mine().update(change), /append only/, JSON.stringify(change));
    await assert.rejects(async () => mine().delete(), /append only/);
    await assert.rejects(says(id, { surname: 'x' }), /check constraint/);
    const emptied = await withinErasure(db, async (trx) => {
      const own = () => trx('override').where({ student_group_id: id });
      for (const change of [{ value: '"Another"' }, { actor: 'Boris' }, { reason: 'another' }])
        await assert.rejects(
          trx.transaction((inner) => own().transacting(inner).update(change)),
          /append only/,
        );
      return own().update({ value: null, reason: 'erased' });
    });
    assert.equal(emptied, 2);
    assert.deepEqual(await selectOverrides(db, id), NO_OVERRIDES);
  });

  it('decide whether two students share an address: an override counts before the LMS; other groups of the same student do not count', async () => {
    const [a, b] = [await pulled('sg_a', 'st_same'), await pulled('sg_b', 'st_same')];
    const c = await pulled('sg_c');
    const told = 'st_same@example.org';
    assert.equal(await isEmailShared(db, told, 'st_same'), false, 'two groups of one student');
    assert.equal(await isEmailShared(db, told, 'st_sg_c'), true);
    await says(c, { email: told });
    assert.equal(await isEmailShared(db, told, 'st_same'), true, 'given to another one');
    await says(c, { email: 'other@school.example' });
    assert.equal(await isEmailShared(db, told, 'st_same'), false, 'and taken to a third');
    await says(a, { email: 'new@school.example' });
    assert.equal(await isEmailShared(db, told, 'st_sg_c'), true, 'the other group has it still');
    await says(b, { email: 'new@school.example' });
    assert.equal(await isEmailShared(db, told, 'st_sg_c'), false, 'nobody has it any more');
    assert.equal(await isEmailShared(db, 'new@school.example', 'st_sg_c'), true);
    await says(b, { email: null });
    assert.equal(await isEmailShared(db, told, 'st_sg_c'), true, 'back at the LMS’s word');
  });

  it('that are newer than a version require a reissue, if they are printed and not withdrawn', async () => {
    const { id } = await award(db, 'sg_printed');
    const since = (await db('certificate_version').where({ certificate_id: id }).first('created_at')).created_at;
    const later = (ms: number) => new Date(since.getTime() + ms);
    await says('sg_printed', { fullName: 'Test Person' }, new Date(since.getTime() - 1000));
    assert.equal(await needsReissue(db, id), false, 'the version has it');
    await says('sg_printed', { email: 'a@school.example', excluded: true, allow: ['progress.score'] }, later(1));
    assert.equal(await needsReissue(db, id), false, 'not printed');
    await says('sg_printed', { latinName: 'Test Persona' }, later(2));
    assert.equal(await needsReissue(db, id), true);
    await says('sg_printed', { latinName: null }, later(3));
    assert.equal(await needsReissue(db, id), false, 'taken back');
    await says('sg_printed', { fullName: 'After' }, later(4));
    assert.equal(await needsReissue(db, id), true);
    const version = { certificate_id: id, version: 2, template_hash: 'a'.repeat(64), actor: 'Anna' };
    await db('certificate_version').insert({ ...version, facts: '{}', created_at: later(5) });
    assert.equal(await needsReissue(db, id), false, 'the new version has it');
  });

  it('wait for a transaction that is storing data with older overrides', async () => {
    const id = await pulled('sg_race');
    const order: string[] = [];
    let said: Promise<unknown> = Promise.resolve();
    await db.transaction(async (trx) => {
      assert.ok(await lockSnapshot(trx, studentGroup(id)));
      said = db.transaction(async (person) => {
        await lockForOverriding(person, id);
        await says(id, { country: 'KZ' }, new Date(), person);
        order.push('said');
      });
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while (!order.includes('said') && (await db.raw(waits)).rows.length === 0);
      assert.equal((await selectOverrides(trx, id)).country, null);
      order.push('frozen');
    });
    await said;
    assert.deepEqual(order, ['frozen', 'said']);
    assert.equal((await selectOverrides(db, id)).country, 'KZ');
  });

  it('are listed as allow list and deny list, page by page', async () => {
    const ids = ['sg_l1', 'sg_l2', 'sg_l3', 'sg_l4'];
    for (const id of ids) await pulled(id);
    for (const id of ids) await says(id, { excluded: true });
    await says('sg_l2', { allow: ['progress.score'], excluded: null });
    const mine = (rows: { studentGroupId: string; kind: string }[]) =>
      rows
        .filter(({ studentGroupId }) => ids.includes(studentGroupId))
        .map((row) => `${row.kind} ${row.studentGroupId}`);
    const all = await selectExceptions(db, { kind: null, after: null, limit: 100 });
    assert.deepEqual(mine(all), ['allow sg_l2', 'deny sg_l1', 'deny sg_l3', 'deny sg_l4']);
    const entry = all.find(({ studentGroupId }) => studentGroupId === 'sg_l2');
    assert.deepEqual([entry?.allow, entry?.actor, entry?.reason], [['progress.score'], 'Anna', 'fictional']);
    const denied = await selectExceptions(db, { kind: 'deny', after: null, limit: 100 });
    assert.deepEqual(mine(denied), ['deny sg_l1', 'deny sg_l3', 'deny sg_l4']);
    const paged: typeof all = [];
    for (let after: (typeof all)[number] | null = null; ; ) {
      const page: typeof all = await selectExceptions(db, { kind: null, after, limit: 1 });
      after = page[0] ?? null;
      if (after === null) break;
      paged.push(after);
    }
    assert.deepEqual(paged, all);
  });

  describe('and flags for a person', () => {
    const kind = 'criteria-no-longer-met' as const;
    const raise = (studentGroupId: string, detail: string, at = new Date()) =>
      raiseFlag(db, { id: randomUUID(), studentGroupId, certificateId: null, kind, detail }, at);
    const dismiss = async (studentGroupId: string) => {
      const [flag] = await selectFlagsOfGroup(db, studentGroupId);
      assert.ok(flag);
      const actId = randomUUID();
      const act = { id: actId, actor: 'Anna', verb: 'flag.dismiss', subject: studentGroupId, reason: 'fictional' };
      await recordAct(db, act, new Date());
      assert.equal(await dismissFlag(db, flag.id, actId, new Date()), true);
      assert.equal(await dismissFlag(db, flag.id, actId, new Date()), false, 'once');
    };

    it('are open once per kind, with the newest detail, and are cleared when their cause is gone', async () => {
      const id = await pulled('sg_flag');
      await Promise.all([1, 2, 3].map(() => raise(id, 'progress.score is 57')));
      await raise(id, 'progress.score is 55');
      assert.deepEqual(
        (await selectFlagsOfGroup(db, id)).map(({ detail }) => detail),
        ['progress.score is 55'],
      );
      await clearFlag(db, id, kind, new Date());
      assert.deepEqual(await selectFlagsOfGroup(db, id), []);
    });

    it('that were dismissed are raised again only for another finding, or after they were cleared', async () => {
      const id = await pulled('sg_dismissed');
      await raise(id, 'progress.score is 57');
      await dismiss(id);
      assert.equal(await raise(id, 'progress.score is 57'), false);
      assert.equal(await raise(id, 'progress.score is 50'), true, 'another finding');
      await dismiss(id);
      await clearFlag(db, id, kind, new Date());
      assert.equal(await raise(id, 'progress.score is 50'), true, 'gone and come again');
      assert.equal((await selectFlagsOfGroup(db, id)).length, 1);
    });

    it('are listed newest first, page by page', async () => {
      const ids = [await pulled('sg_f1'), await pulled('sg_f2'), await pulled('sg_f3')];
      for (const [index, id] of ids.entries()) await raise(id, 'same', new Date(Date.now() + (index + 1) * 1000));
      const first = await selectOpenFlags(db, { kind: null, after: null, limit: 2 });
      assert.deepEqual(
        first.map(({ studentGroupId }) => studentGroupId),
        ['sg_f3', 'sg_f2'],
      );
      const next = await selectOpenFlags(db, { kind, after: first.at(-1)?.id ?? null, limit: 1 });
      assert.deepEqual(
        next.map(({ studentGroupId }) => studentGroupId),
        ['sg_f1'],
      );
      assert.deepEqual(await selectOpenFlags(db, { kind: 'student-merged', after: null, limit: 5 }), []);
    });
  });
});
