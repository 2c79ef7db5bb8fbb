import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { formatCode } from '../../src/domain/certificate/lookup-code.ts';
import { REVOCATION_CLASSES } from '../../src/domain/certificate/revocation.ts';
import { LmsUnavailable } from '../../src/ports/lms.ts';
import {
  recordSearchWords,
  selectCertificates,
  selectIdsByWords,
} from '../../src/records/certificates/certificate-search.ts';
import { selectRevokedIndexes } from '../../src/records/certificates/status-entries.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, type Seeded, seedCertificate, tokenFor } from './harness.ts';
import { certificate, letter, unknown } from './letters.ts';

describe('certificates over HTTP', () => {
  let database: TestDatabase;
  let coordinator: string;
  let viewer: string;
  let app: ReturnType<typeof over>['app'];
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    coordinator = (await tokenFor(database.knex, 'coordinator')).header;
    viewer = (await tokenFor(database.knex, 'viewer')).header;
    ({ app } = over());
  });
  after(() => database.drop());

  const lms: AppDeps['lms'] = {
    pullRelease: async () => null,
    pullOne: async (id) => ({ ok: true, studentGroup: studentGroup(id), etag: '"2"' }),
  };
  const over = (changes: Partial<AppDeps> = {}, foreseen: number[] = []) =>
    appOver(database.knex, { lms, ...changes }, foreseen);
  const get = (path: string, query: object = {}) => request(app).get(path).query(query).set('Authorization', viewer);
  const post = (id: string, verb: string, body: object = {}, to = app) =>
    request(to)
      .post(`/api/certificates/${id}/${verb}`)
      .set('Authorization', coordinator)
      .send({ reason: 'fictional', ...body });
  const actsOn = (subject: string) => database.knex('act').where({ subject });

  describe('GET /api/certificates', () => {
    let anna: Seeded;
    let oguz: Seeded;
    const named = async (holderName: string, latinName: string | null, country = 'KZ') => {
      const seeded = await seedCertificate(database.knex, { holderName, latinName, country });
      await recordSearchWords(database.knex, seeded.id, seeded.facts);
      return seeded;
    };
    const found = async (query: object): Promise<string[]> => {
      const answer = await get('/api/certificates', query);
      assert.equal(answer.status, 200, answer.text);
      return answer.body.items.map((item: { id: string }) => item.id);
    };
    before(async () => {
      anna = await named('Анна-Мария Ёлкина', 'Anna-Maria Yolkina');
      oguz = await named('Gʻulom Oʻg‘uz İlyés', null, 'UZ');
      await database.knex('certificate').where({ id: oguz.id }).update({ recipient: 'oguz@example.org' });
      await database.knex('student_group').where({ id: anna.studentGroupId }).update({ email: 'anna@example.org' });
    });

    it('shows the documented fields of each certificate', async () => {
      const { items } = (await get('/api/certificates', { q: anna.facts.number })).body;
      assert.deepEqual(items, [
        {
          id: anna.id,
          code: formatCode(anna.facts.code),
          number: anna.facts.number,
          version: 1,
          state: 'rendered',
          validity: 'valid',
          studentGroupId: anna.studentGroupId,
          holderName: 'Анна-Мария Ёлкина',
          issueDate: '2026-11-20',
        },
      ]);
    });

    it('finds certificates by number or code in any spelling, by ids and by e-mail address', async () => {
      const { number, code } = anna.facts;
      const keys = [number, ` ${number.toLowerCase().replaceAll('-', ' ')} `, number.replaceAll('-', '–')];
      keys.push(code, formatCode(code).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l'), anna.id);
      keys.push(anna.studentGroupId, `student of ${anna.studentGroupId}`, ' ANNA@example.org');
      for (const q of keys) assert.deepEqual(await found({ q }), [anna.id], q);
      assert.deepEqual(await found({ q: 'oguz@example.org' }), [oguz.id], 'the address that was written to');
      assert.deepEqual(await found({ q: 'nobody@example.org' }), []);
    });

    it('finds certificates by the first letters of name words in both scripts, whatever the case, accents and apostrophes', async () => {
      for (const q of ['Ёлкина', 'елки анна', 'YOLK', 'maria', 'мария-анна'])
        assert.deepEqual(await found({ q }), [anna.id], q);
      for (const q of ["o'guz", 'Oguz gulom', 'ILYES', 'gʼul']) assert.deepEqual(await found({ q }), [oguz.id], q);
      for (const q of ['лкина', 'anna oguz', "' | !x:* & \\", '—', '%']) assert.deepEqual(await found({ q }), [], q);
      // Very common words are searched by another query.
      assert.equal(await selectIdsByWords(database.knex, ['анна'], 0), null);
      const all = { ids: null, state: null, countries: null, releaseId: null, after: null, limit: 10 };
      const common = await selectCertificates(database.knex, { ...all, words: ['анна', 'мар'] });
      assert.deepEqual([common.length, common[0]?.id], [1, anna.id]);
    });

    it('filters by state, country and release; no certificate is missing between two pages', async () => {
      assert.deepEqual(await found({ country: 'UZ' }), [oguz.id]);
      assert.deepEqual(await found({ country: 'UZ', state: 'rendered' }), [oguz.id]);
      assert.deepEqual(await found({ country: 'UZ', state: 'awarded' }), []);
      assert.deepEqual(await found({ release: 'rel_other' }), []);
      const one = await certificate(database.knex);
      await letter(database.knex, one.id, 'bounced');
      assert.deepEqual(await found({ state: 'bounced', release: 'rel_test' }), [one.id]);
      assert.deepEqual(await found({ state: 'revoked' }), []);
      const all = await found({});
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { items, nextCursor } = (await get('/api/certificates', { limit: 2, ...(cursor && { cursor }) })).body;
        paged.push(...items.map((item: { id: string }) => item.id));
        cursor = nextCursor;
      }
      assert.deepEqual(paged, all);
    });

    it('refuses invalid query parameters', async () => {
      for (const query of [
        { state: 'gone' },
        { country: 'KZ,Narnia' },
        { limit: '0' },
        { q: '' },
        { cursor: 'eA' },
        ...['2026-13-41T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '0000-00-00T00:00:00.000Z'].map((instant) => ({
          cursor: Buffer.from(`${instant} ${randomUUID()}`).toString('base64url'),
        })),
        { cursor: Buffer.from(`2026-11-21T00:00:00.000Z ${'-'.repeat(36)}`).toString('base64url') },
        { q: 'a\0' },
      ])
        assert.equal((await get('/api/certificates', query)).status, 400, JSON.stringify(query));
      assert.equal((await request(app).get('/api/certificates')).status, 401);
    });
  });

  describe('GET /api/certificates/{id}', () => {
    it('shows letters with their attempts, the LMS report, holds, audit entries and versions; an unknown id gets 404', async () => {
      const { id, group } = await certificate(database.knex);
      const lost = await letter(database.knex, id, 'uncertain');
      const at = new Date();
      await database.knex('send_attempt').insert({
        request_id: randomUUID(),
        personal_issue_id: lost,
        started_at: at,
        deadline: at,
        outcome: 'unknown',
      });
      await unknown(database.knex, group, id);
      const { body } = await get(`/api/certificates/${id}`);
      assert.deepEqual([body.state, body.reason.code, body.validity], ['held', 'outcome-unknown', 'valid']);
      assert.deepEqual([body.letters[0].id, body.letters[0].attempts[0].outcome], [lost, 'unknown']);
      assert.equal(body.holds[0].code, 'outcome-unknown');
      assert.ok(Date.parse(body.lmsReport.patchedAt));
      assert.deepEqual([body.versions[0].status, body.needsReissue, body.acts], ['valid', false, []]);
      assert.match(body.links.pdf, /^https:\/\/verify\.example\/c\/[0-9A-Z]{25}\/diploma\.pdf$/);
      assert.ok(body.decisionId);
      for (const stranger of [randomUUID(), '1', '%00'])
        assert.equal((await get(`/api/certificates/${stranger}`)).status, 404);
    });

    it('shows number and dates of an erased certificate, but no name', async () => {
      const { id, facts } = await seedCertificate(database.knex);
      await erase(database.knex, id);
      const answer = await get(`/api/certificates/${id}`);
      assert.deepEqual([answer.body.validity, answer.body.number], ['erased', facts.number]);
      assert.ok(!answer.text.includes(facts.holderName));
      assert.equal((await get('/api/certificates', { q: facts.number })).body.items[0].validity, 'erased');
      for (const verb of ['revoke', 'reissue', 'reinstate']) assert.equal((await post(id, verb)).status, 409, verb);
    });
  });

  describe('the requests revoke, reinstate and reissue of a certificate', () => {
    it('revoke takes effect once for five concurrent requests; it stores actor, class, reason and time, and cancels the letter', async () => {
      const { id } = await certificate(database.knex);
      const waiting = await letter(database.knex, id, 'waiting');
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(id, 'revoke', { class: 'withdrawn' })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
      const told = answers.find(({ status }) => status === 200)?.body;
      assert.deepEqual([told.state, told.class, told.cancelledLetter], ['revoked', 'withdrawn', waiting]);
      const [act, ...more] = await actsOn(id);
      assert.deepEqual(
        [act.verb, act.reason, act.detail.class, more],
        ['certificate.revoke', 'fictional', 'withdrawn', []],
      );
      const { body } = await get(`/api/certificates/${id}`);
      assert.deepEqual([body.validity, body.revocationClass, body.revokedAt], ['revoked', 'withdrawn', told.revokedAt]);
      assert.deepEqual([body.letters[0].state, body.letters[0].reason.code], ['cancelled', 'revoked']);
      assert.equal((await get('/api/certificates', { state: 'revoked' })).body.items[0].id, id);
    });

    it('revoke accepts one of five classes, by default `other`; reinstate requests a new version', async () => {
      const { id } = await certificate(database.knex);
      const bad = await post(id, 'revoke', { class: 'whim' });
      assert.deepEqual([bad.status, bad.body.errors[0].pointer], [400, '/class']);
      for (const known of REVOCATION_CLASSES) assert.ok(bad.text.includes(known));
      assert.equal((await post(id, 'reinstate')).status, 409);
      assert.equal((await post(id, 'revoke')).body.class, 'other');
      const { app: own, overheard } = over();
      const answer = await post(id, 'reinstate', {}, own);
      assert.deepEqual([answer.status, answer.body], [202, { certificateId: id, version: 2, state: 'rendered' }]);
      const asked = await database.knex('reissue').where({ certificate_id: id }).first();
      assert.deepEqual(overheard.jobs, [{ queue: 'reissue', job: { id: asked.id }, options: undefined }]);
      assert.equal((await post(id, 'revoke')).status, 200, 'a person may think again');
      assert.equal((await database.knex('reissue').where({ id: asked.id }).first()).code, 'revoked');
    });

    it('reissue gives 409 and requests nothing while a version is in progress, or when the student is gone, merged, excluded or without consent', async () => {
      const refusal = async (id: string, pullOne?: AppDeps['lms']['pullOne']) => {
        const { app: own, overheard } = over(pullOne ? { lms: { ...lms, pullOne } } : {});
        const answer = await post(id, 'reissue', {}, own);
        assert.deepEqual([answer.status, overheard.jobs], [409, []], answer.text);
        assert.deepEqual(await actsOn(id), []);
        return answer.body.detail as string;
      };
      const { id, group } = await certificate(database.knex);
      assert.match(await refusal(id, async () => null), /^lms-gone/);
      const plain = studentGroup(group);
      const merged = { ...plain, student: { ...plain.student, id: 'st_another' } };
      assert.match(await refusal(id, async () => ({ ok: true, studentGroup: merged, etag: null })), /^lms-conflict/);
      const withdrawn = { kind: 'personal-data', givenAt: '2026-01-01T00:00:00Z', revokedAt: '2026-11-01T00:00:00Z' };
      const without = { ...plain, consents: [withdrawn] };
      assert.match(
        await refusal(id, async () => ({ ok: true, studentGroup: without, etag: null })),
        /^consent-withdrawn/,
      );
      const flying = await certificate(database.knex);
      await letter(database.knex, flying.id, 'uncertain');
      assert.match(await refusal(flying.id), /^under-way/);
      await unknown(database.knex, flying.group, flying.id);
      assert.match(await refusal(flying.id), /^outcome-unknown/);
    });

    it('give 503 while the LMS is unreachable, and store nothing when the job queue fails', async () => {
      const { id } = await certificate(database.knex);
      const down = over({ lms: { ...lms, pullOne: () => Promise.reject(new LmsUnavailable('down', 7)) } });
      assert.equal((await post(id, 'reissue', {}, down.app)).status, 503);
      const broken = over({ enqueue: () => Promise.reject(new Error('queue')) }, [500]);
      assert.equal((await post(id, 'reissue', {}, broken.app)).status, 500);
      assert.deepEqual([await actsOn(id), await database.knex('reissue').where({ certificate_id: id })], [[], []]);
      assert.equal((await post(id, 'reissue')).status, 202);
      assert.equal((await post(id, 'resend')).status, 409, 'the former diploma is mailed no more');
    });

    it('store data that the database protects: audit entries and revocations cannot change, and a revoked certificate gets no letter', async () => {
      const { knex } = database;
      const { id } = await certificate(knex);
      await knex('status_entry').insert({ list: 9, index: 5, certificate_id: id, version: 1 });
      await post(id, 'revoke');
      assert.deepEqual(await selectRevokedIndexes(knex, 9), [5]);
      await assert.rejects(letter(knex, id, 'waiting'), /is revoked/);
      await post(id, 'reinstate');
      for (const table of ['validity_act', 'credential_revocation', 'reissue']) {
        await assert.rejects(knex(table).where({ certificate_id: id }).delete(), /append only/, table);
        await assert.rejects(knex(table).where({ certificate_id: id }).update({ certificate_id: randomUUID() }), table);
      }
      assert.deepEqual(await selectRevokedIndexes(knex, 9), [5], 'a bit once set is set for ever');
    });
  });

  it('requests with several faults get the first of 401, 403, 404, 400', async () => {
    const { id } = await certificate(database.knex);
    for (const verb of ['revoke', 'reinstate', 'reissue']) {
      const known = `/api/certificates/${id}/${verb}`;
      assert.equal((await request(app).post(known).send({ reason: 7 })).status, 401);
      assert.equal((await request(app).post(known).set('Authorization', viewer).send({ reason: 7 })).status, 403);
      for (const stranger of [randomUUID(), '1', '%00']) assert.equal((await post(stranger, verb)).status, 404);
      const answer = await post(id, verb, { reason: '' });
      assert.deepEqual([answer.status, answer.body.errors[0].pointer], [400, '/reason']);
      assert.equal((await post(id, verb, { more: 1 })).status, 400);
      assert.equal((await request(app).get(known).set('Authorization', viewer)).status, 405);
    }
  });
});
