import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import request from 'supertest';
import { seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { seedDecision } from './harness.ts';
import { type Overriding, overriding } from './overriding.ts';

let database: TestDatabase;
let api: Overriding;
before(async () => {
  database = await testDatabase();
  await seedRelease(database.knex);
  api = await overriding(database.knex);
});
after(() => database.drop());

it('reasons and refusals are in Russian when the caller prefers Russian, and stored in English', async () => {
  const id = await api.pulled('sg_russian');
  const reason = { code: 'criteria-not-met', detail: 'progress.score is 57, at least 60 is needed' };
  await seedDecision(database.knex, id, 'not-met', reason);
  const { app } = api.over();
  const ask = (path: string, language: string) =>
    request(app).get(path).set('Authorization', api.viewer).set('Accept-Language', language);
  const russian = ['ru', 'progress.score: 57, нужно не меньше 60', 'Группы студента с таким id нет.'] as const;
  const english = ['en', reason.detail, 'There is no student group with this id.'] as const;
  for (const [wanted, [language, score, unknown]] of [
    ['ru', russian],
    ['kk, ru-RU;q=0.9, en;q=0.5', russian],
    ['en, ru;q=0.5', english],
    ['kk', english],
    ['*', english],
  ] as const) {
    const { body, headers } = await ask(`/api/student-groups/${id}`, wanted);
    assert.deepEqual([body.reason.detail, headers['content-language']], [score, language], wanted);
    assert.match(headers['vary'] ?? '', /Accept-Language/);
    assert.equal((await ask('/api/student-groups/sg_nobody', wanted)).body.detail, unknown, wanted);
  }
  const faults = (await ask('/api/student-groups/sg_russian?colour=red', 'ru')).body;
  assert.deepEqual(faults.errors, [{ pointer: '/colour', detail: 'неизвестное поле' }]);
  assert.deepEqual((await ask('/api/batches', '').unset('Authorization').set('Accept-Language', 'ru')).status, 401);
  assert.equal((await database.knex('decision').where({ student_group_id: id }).first()).reason_detail, reason.detail);
});
