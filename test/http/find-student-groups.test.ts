import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { formatCode } from '../../src/domain/certificate/lookup-code.ts';
import type { StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { addWaitingKeys, foldWaitingNames } from '../../src/records/student-groups/names.ts';
import { insertOverrides } from '../../src/records/student-groups/overrides.ts';
import { NO_FILTER } from '../../src/records/student-groups/student-group-filter.ts';
import { selectStudentGroupIds } from '../../src/records/student-groups/student-group-search.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { award, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedDecision, tokenFor } from './harness.ts';

interface Item {
  studentGroupId: string;
  state: string;
}

describe('GET /api/student-groups', () => {
  let database: TestDatabase;
  let viewer: string;
  let app: ReturnType<typeof appOver>['app'];
  const get = (query: object = {}) => request(app).get('/api/student-groups').query(query).set('Authorization', viewer);
  const found = async (query: object): Promise<string[]> => {
    const answer = await get(query);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items.map(({ studentGroupId }: Item) => studentGroupId);
  };
  const pull = async (id: string, student: Partial<StudentGroup['student']> = {}, releaseId = 'rel_test') => {
    const group = studentGroup(id);
    const pulled = { ...group, student: { ...group.student, ...student }, group: { ...group.group, releaseId } };
    await recordPull(database.knex, { ok: true, studentGroup: pulled, etag: '"1"' }, new Date(), (email) => email);
  };
  const override = async (studentGroupId: string, changes: object) => {
    const by = { actor: 'ada', reason: 'fictional' };
    await database.knex.transaction(async (trx) => {
      const actId = randomUUID();
      await recordAct(trx, { id: actId, ...by, verb: 'student-group.override', subject: studentGroupId }, new Date());
      await insertOverrides(trx, { studentGroupId, changes, ...by, actId }, new Date());
    });
  };

  before(async () => {
    database = await testDatabase();
    viewer = (await tokenFor(database.knex, 'viewer')).header;
    ({ app } = appOver(database.knex));
    await seedRelease(database.knex);
    await pull('sg_awarded', { fullName: 'Айгүл Нұрмұхамедова', latinName: 'Aigul Nurmukhamedova' });
    await award(database.knex, 'sg_other');
    await pull('sg_held', { fullName: 'Gʻulom Oʻgʻuz', email: 'gulom@example.org' });
    await seedDecision(database.knex, 'sg_held', 'held', {
      code: 'country-unknown',
      detail: 'No source names a country.',
    });
    await pull('sg_elsewhere', { fullName: 'Գարեգին Սահակյան' }, 'rel_zz');
    await pull('sg_new', { fullName: 'Аня Чжан' });
  });
  after(() => database.drop());

  it('shows the documented fields, of people with a certificate and without one', async () => {
    const { items } = (await get({ q: 'гулямова', state: 'held' })).body;
    assert.deepEqual(items, []);
    const answer = await get({ q: 'gulom' });
    assert.deepEqual(answer.body, {
      items: [
        {
          studentGroupId: 'sg_held',
          studentId: 'st_sg_held',
          fullName: 'Gʻulom Oʻgʻuz',
          latinName: null,
          releaseId: 'rel_test',
          country: 'KZ',
          state: 'held',
          reason: { code: 'country-unknown', detail: 'No source names a country.' },
          certificateId: null,
          number: null,
          needsReissue: false,
        },
      ],
      nextCursor: null,
    });
    const [certificate] = await database.knex('certificate').where({ student_group_id: 'sg_other' });
    const [item] = (await get({ q: 'sg_other' })).body.items;
    assert.deepEqual([item.certificateId, item.number, item.country], [certificate.id, certificate.number, 'KZ']);
  });

  it('finds a name in any script, by the beginnings of its words in any order', async () => {
    for (const q of ['нурмух', 'НУРМУХАМЕДОВА айг', 'nurmukhamedova', 'aig nur', 'Айгүл'])
      assert.deepEqual(await found({ q }), ['sg_awarded'], q);
    for (const q of ['oguz', "O'g'uz", 'g’ulom']) assert.deepEqual(await found({ q }), ['sg_held'], q);
    assert.deepEqual(await found({ q: 'ՍԱՀԱԿ' }), ['sg_elsewhere']);
    assert.deepEqual(await found({ q: 'мухамедова' }), [], 'a word begins with it');
    assert.deepEqual(await found({ q: '---' }), [], 'no word');
  });

  it('finds ids, e-mail addresses, numbers and codes as they are typed', async () => {
    const [certificate] = await database.knex('certificate').where({ student_group_id: 'sg_other' });
    const { id, number, code } = certificate;
    const keys = [
      'sg_other',
      ' st_sg_other ',
      'ST_SG_OTHER@example.org',
      number,
      number.toLowerCase().replaceAll('-', ' '),
    ];
    for (const q of [...keys, id, code, formatCode(code).toLowerCase()])
      assert.deepEqual(await found({ q }), ['sg_other'], q);
    assert.deepEqual(await found({ q: 'nobody@example.org' }), []);
  });

  it('finds the name and the address that a coordinator wrote, and still those of the LMS', async () => {
    await pull('sg_corrected', { fullName: 'Борис Опечаткин' });
    await override('sg_corrected', { fullName: 'Борис Исправный', email: 'boris@example.org' });
    await pull('sg_corrected', { fullName: 'Борис Опечаткин', phone: '+7 000' });
    for (const q of ['исправный', 'опечаткин', 'boris@example.org'])
      assert.deepEqual(await found({ q }), ['sg_corrected'], q);
    assert.equal((await get({ q: 'sg_corrected' })).body.items[0].fullName, 'Борис Исправный');
  });

  it('lists names in another transliteration where no name has the typed words', async () => {
    await pull('sg_uzbek', { fullName: 'Gulnora To‘xtayeva' });
    await pull('sg_russian', { fullName: 'Галина Тохтарева' });
    for (const q of ['Тохтаева', 'tohtaeva', 'гульнора тохтаева'])
      assert.deepEqual(await found({ q }), ['sg_uzbek'], q);
    assert.deepEqual(await found({ q: 'Тохтар' }), ['sg_russian']);
    assert.deepEqual(await found({ q: 'Тохтаева', release: 'rel_none' }), []);
  });

  it('finds names that an older version folded by another transliteration, once the upkeep has added the keys', async () => {
    await pull('sg_keyless', { fullName: 'Jamshid Qodirov' });
    await database.knex.raw(
      `update find_words set has_keys = false, words = ts_delete(words, array(select w from unnest(tsvector_to_array(words)) as w where w like '~%'))
       where student_group_id = 'sg_keyless'`,
    );
    assert.deepEqual(await found({ q: 'Джамшид' }), []);
    assert.equal(await addWaitingKeys(database.knex, 10), 1);
    assert.deepEqual(await found({ q: 'Джамшид' }), ['sg_keyless']);
    assert.equal(await addWaitingKeys(database.knex, 10), 0);
  });

  it('finds names that an older version stored, once the upkeep has folded them', async () => {
    await pull('sg_older', { fullName: 'Зухра Прежняя' });
    await override('sg_older', { latinName: 'Zuhra Former' });
    await database.knex('find_words').where({ student_group_id: 'sg_older' }).update({ words: null });
    assert.deepEqual(await found({ q: 'прежняя' }), []);
    assert.equal(await foldWaitingNames(database.knex, 10), 1);
    for (const q of ['прежняя', 'former']) assert.deepEqual(await found({ q }), ['sg_older'], q);
    assert.equal(await foldWaitingNames(database.knex, 10), 0);
  });

  it('narrows by state, reason, release, country, template and need of a reissue, and by all of them together', async () => {
    const held = {
      state: 'held',
      reason: 'country-unknown',
      release: 'rel_test',
      country: 'Казахстан',
      needsReissue: 'false',
    };
    assert.deepEqual(await found(held), ['sg_held']);
    for (const changed of [
      { state: 'pending' },
      { reason: 'name-doubtful' },
      { release: 'rel_zz' },
      { country: 'UZ' },
      { template: 'teacher-kk' },
      { needsReissue: 'true' },
      { q: 'sg_new' },
    ])
      assert.deepEqual(await found({ ...held, ...changed }), [], JSON.stringify(changed));
    assert.deepEqual(await found({ template: 'teacher-test' }), ['sg_other']);
    assert.deepEqual(await found({ release: 'rel_zz' }), ['sg_elsewhere']);
    assert.deepEqual(await found({ country: 'KZ,UZ', state: 'awarded' }), ['sg_other']);
  });

  it('follows a change at once: a correction after the award needs a reissue', async () => {
    await award(database.knex, 'sg_renamed');
    assert.deepEqual(await found({ needsReissue: 'true' }), []);
    await override('sg_renamed', { fullName: 'Вера Другая' });
    assert.deepEqual(await found({ needsReissue: 'true' }), ['sg_renamed']);
  });

  it('shows every student group once, page by page, newest release id first', async () => {
    const all = await found({ limit: 200 });
    assert.deepEqual([...all].sort(), (await selectStudentGroupIds(database.knex, NO_FILTER, 100)).sort());
    assert.equal(all[0], 'sg_elsewhere');
    for (const filter of [{}, { release: 'rel_test' }, { q: 'test' }, { state: 'pending' }]) {
      const whole = await found({ ...filter, limit: 200 });
      const pages: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const { body } = await get({ ...filter, limit: 1, ...(cursor === null ? {} : { cursor }) });
        pages.push(...body.items.map(({ studentGroupId }: Item) => studentGroupId));
        cursor = body.nextCursor;
        if (cursor === null) break;
      }
      assert.deepEqual(pages, whole, JSON.stringify(filter));
    }
  });

  it('shows everyone whose name begins so once, page by page, in the order of the matching words', async () => {
    const SURNAMES = ['Тезковаев', 'Тезкин', 'Тезкова'];
    for (let n = 0; n < 60; n += 1)
      await pull(
        `sg_alike_${n}`,
        { fullName: `${SURNAMES[n % 3]} Тезкина ${n % 2 ? 'Ольга' : 'Оксана'}` },
        `rel_${n % 4}`,
      );
    const walked = async (filter: object, limit: number) => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const answer = await get({ ...filter, limit, ...(cursor === null ? {} : { cursor }) });
        assert.equal(answer.status, 200, answer.text);
        ids.push(...answer.body.items.map(({ studentGroupId }: Item) => studentGroupId));
        cursor = answer.body.nextCursor;
        if (cursor === null) return ids;
      }
    };
    const all = await walked({ q: 'тезк' }, 7);
    assert.equal(new Set(all).size, 60);
    assert.equal(all.length, 60, 'nobody twice, although two words of a name begin so');
    const first = (id: string) => (Number(id.split('_')[2]) % 3 === 1 ? 'тезкин' : 'тезкина');
    assert.deepEqual(all.map(first), all.map(first).toSorted());
    assert.deepEqual(all, await walked({ q: 'тезк' }, 60));
    // By two words, in another transliteration, and with a filter that few pass.
    assert.equal((await walked({ q: 'тезкина' }, 7)).length, 60);
    assert.equal((await walked({ q: 'оль тезк' }, 7)).length, 30);
    assert.deepEqual((await walked({ q: 'tezkina' }, 7)).sort(), [...all].sort());
    assert.equal((await walked({ q: 'тезк', release: 'rel_1' }, 4)).length, 15);
  });

  it('goes on with a list by names as it began, although others got or lost such a name meanwhile', async () => {
    const { body: begun } = await get({ q: 'тезк', limit: 20 });
    for (let n = 30; n < 60; n += 1)
      await database
        .knex('find_words')
        .where({ student_group_id: `sg_alike_${n}` })
        .update({ words: '' });
    const { body: then } = await get({ q: 'тезк', limit: 60, cursor: begun.nextCursor });
    const shown = [...begun.items, ...then.items].map(({ studentGroupId }: Item) => studentGroupId);
    assert.equal(new Set(shown).size, shown.length);
    for (let n = 0; n < 30; n += 1) assert.ok(shown.includes(`sg_alike_${n}`), `sg_alike_${n}`);
    const other = await get({ q: 'оксана', cursor: begun.nextCursor });
    assert.equal(other.status, 400);
    assert.equal(other.body.errors[0].pointer, '/cursor');
  });

  it('refuses a parameter, value or cursor that it does not know', async () => {
    const wrong = { stat: 'held', state: 'lost', needsReissue: 'maybe', country: 'Atlantis', cursor: 'eA', limit: '0' };
    for (const [name, value] of Object.entries(wrong)) {
      const answer = await get({ [name]: value });
      assert.equal(answer.status, 400, name);
      assert.equal(answer.body.errors[0].pointer, `/${name}`);
    }
  });

  it('gives the ids of all that match, for acts on many', async () => {
    const filter = { ...NO_FILTER, releaseId: 'rel_test' };
    const all = await selectStudentGroupIds(database.knex, filter, 100);
    assert.deepEqual(all.sort(), (await found({ release: 'rel_test', limit: 200 })).sort());
    assert.equal((await selectStudentGroupIds(database.knex, filter, 2)).length, 2);
    assert.equal((await selectStudentGroupIds(database.knex, { ...filter, words: ['нурмух'] }, 100)).length, 1);
  });
});
