import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { forgetImportRows } from '../../src/records/imports/imports.ts';
import { seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { seedDecision, tokenFor } from './harness.ts';
import { file } from './import-rows.ts';
import { type ImportItem, type Importing, importing } from './importing.ts';
import { certificate } from './letters.ts';
import { WHY } from './overriding.ts';

describe('imports over HTTP', () => {
  let database: TestDatabase;
  let on: Importing;
  let boris: string;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    on = await importing(database.knex);
    boris = (await tokenFor(database.knex, 'coordinator', 'Boris')).header;
  });
  after(async () => {
    await on.close();
    await database.drop();
  });

  describe('values of a registration', () => {
    it('count behind overrides and before the LMS, and are shown with actor, file and time', async () => {
      const group = await on.pulled('sg_rank', { country: 'UZ' });
      const { id, items } = await on.checked([['sg_rank@school.example', 'Казахстан', 'Anna Rank']]);
      assert.deepEqual(items[0]?.changes, [
        { field: 'country', cell: 'B2', from: 'UZ', source: 'student.country', to: 'KZ' },
        { field: 'latinName', cell: 'C2', from: null, source: null, to: 'Anna Rank' },
      ]);
      await on.apply(id, on.api.coordinator, { reason: 'form of 20 November' });
      await on.work(id);
      const shown = (await on.api.get(on.app, group)).body;
      assert.deepEqual(
        [shown.country.code, shown.country.source, shown.country.kind],
        ['KZ', 'registration-file', 'known'],
      );
      const { at, actor, ...values } = shown.registrationFile;
      assert.deepEqual(values, { country: 'KZ', latinName: 'Anna Rank', reason: 'form of 20 November' });
      assert.match(`${actor} ${at}`, /^Anna \(.*\) \d{4}-/);
      const [act] = shown.history;
      assert.deepEqual([act.verb, act.detail.importId, act.detail.row], ['student-group.import', id, 2]);
      assert.match(act.detail.sha256, /^[0-9a-f]{64}$/);
      await on.pulled('sg_rank', { country: 'Россия', latinName: 'From LMS' });
      assert.equal((await on.api.get(on.app, group)).body.country.code, 'KZ', 'a later pull changes nothing');
      await on.api.patch(on.app, group, { country: 'AM', ...WHY });
      const { country } = (await on.api.get(on.app, group)).body;
      assert.deepEqual([country.code, country.source], ['AM', 'override']);
    });

    it('of a newer file replace those of an older one; the same file is not applied twice', async () => {
      const group = await on.pulled('sg_newer');
      const older = await on.checked([['sg_newer@school.example', 'KZ', '']]);
      await on.apply(older.id);
      await on.work(older.id);
      const newer = await on.checked([['sg_newer@school.example', 'AM', '']]);
      assert.deepEqual(newer.items[0]?.changes[0], {
        ...{ field: 'country', cell: 'B2', to: 'AM' },
        ...{ from: 'KZ', source: 'registration-file' },
      });
      await on.apply(newer.id);
      await on.work(newer.id);
      assert.equal((await on.api.get(on.app, group)).body.country.code, 'AM');
      const again = await on.checked([['sg_newer@school.example', 'KZ', '']]);
      const { body } = await on.page(again.id);
      assert.equal(body.sameFileAs.id, older.id);
      const refused = await on.apply(again.id, boris);
      assert.equal(refused.status, 409);
      assert.match(refused.body.detail, new RegExp(`The same file was applied before, as import ${older.id}, by Anna`));
    });

    it('that are there already are told as the same', async () => {
      await on.pulled('sg_same', { country: 'Армения', latinName: 'Ann Same' });
      const [row] = (await on.checked([['sg_same@school.example', 'AM', 'Ann  Same']])).items;
      assert.equal(row?.verdict, 'same');
    });

    it('lead to a new evaluation of a student group that was judged before, and of no other', async () => {
      await seedDecision(database.knex, await on.pulled('sg_judged'), 'not-met', {
        code: 'criteria-not-met',
        detail: 'none',
      });
      await on.pulled('sg_unjudged');
      const { id } = await on.checked([
        ['sg_judged@school.example', 'KZ', ''],
        ['sg_unjudged@school.example', 'KZ', ''],
      ]);
      on.overheard.jobs.length = 0;
      await on.apply(id);
      await on.work(id);
      const asked = on.overheard.jobs
        .filter(({ queue }) => queue === 'evaluate')
        .map(({ job }) => (job as { id: string }).id);
      assert.deepEqual(asked, ['sg_judged']);
    });

    it('that a certificate does not print mark it for a reissue; the ones that it prints do not', async () => {
      const { group } = await certificate(database.knex);
      const { facts } = await database
        .knex('certificate_version as v')
        .join('certificate as c', 'c.id', 'v.certificate_id')
        .where({ 'c.student_group_id': group })
        .first('facts');
      const email = `st_${group}@example.org`;
      const printed = await on.checked([[email, facts.country, '']]);
      await on.apply(printed.id);
      await on.work(printed.id);
      const needs = async () => (await on.api.get(on.app, group)).body.certificate.needsReissue;
      const [before, other] = [await needs(), facts.country === 'AM' ? 'KZ' : 'AM'];
      const changed = await on.checked([[email, other, '']]);
      await on.apply(changed.id);
      await on.work(changed.id);
      assert.deepEqual([before, await needs()], [false, true]);
    });
  });

  describe('applying', () => {
    it('is done once: the second coordinator is told what the first did', async () => {
      await on.pulled('sg_two');
      const { id } = await on.checked([['sg_two@school.example', 'KZ', '']]);
      const answers = await Promise.all([on.apply(id), on.apply(id, boris)]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409]);
      const refused = answers.find(({ status }) => status === 409);
      assert.match(
        refused?.body.detail,
        /^This import is applying already; (Anna|Boris) \(.*\) started that at \d{4}-/,
      );
      await on.work(id);
      assert.match((await on.apply(id)).body.detail, /^This import is applied already/);
    });

    it('passes over a row whose student group has changed since the review', async () => {
      const group = await on.pulled('sg_moved');
      const { id } = await on.checked([['sg_moved@school.example', 'KZ', '']]);
      await on.api.patch(on.app, group, { country: 'AM', ...WHY });
      await on.apply(id);
      await on.work(id);
      const [row] = await on.all(id);
      assert.deepEqual(
        [row?.result, row?.detail],
        ['changed', 'something has changed since the file was checked: import the file again'],
      );
      assert.equal((await on.api.get(on.app, group)).body.country.code, 'AM');
    });

    it('needs the role of a coordinator, and rows that are still kept', async () => {
      await on.pulled('sg_old');
      const { id } = await on.checked([['sg_old@school.example', 'KZ', '']]);
      assert.equal((await on.apply(id, on.api.viewer)).status, 403);
      assert.equal((await on.apply(randomUUID())).status, 404);
      const later = new Date(Date.now() + 60_000);
      await forgetImportRows(database.knex, later, later);
      const { body } = await on.page(id);
      assert.deepEqual([body.items, body.counts.found], [[], 1]);
      assert.match((await on.apply(id)).body.detail, /deleted because of their age/);
    });
  });

  describe('exceptions by file', () => {
    const head = ['E-mail', 'Решение', 'Критерии', 'Причина'];
    it('put students on the allow list and on the deny list, with the reason of the row', async () => {
      const denied = await on.pulled('sg_no');
      const allowed = await on.pulled('sg_yes');
      const { id, items } = await on.checked(
        [
          ['sg_no@school.example', 'Запретить', '', 'left the course'],
          ['sg_yes@school.example', 'allow', 'progress.score', 'ill in May'],
          ['sg_yes2@school.example', 'allow', 'progress.score', 'nobody'],
          ['sg_old@school.example', 'может быть', '', 'unclear'],
          ['sg_rank@school.example', 'allow', 'progress.none', 'no such criterion'],
          ['sg_same@school.example', 'deny', '', ''],
        ],
        { form: 'exceptions', head },
      );
      assert.deepEqual(
        items.map(({ verdict, problems: [one] }) => [verdict, one?.code ?? null]),
        [
          ['found', null],
          ['found', null],
          ['unknown', 'unknown'],
          ['fault', 'list-unknown'],
          ['fault', 'criterion-unknown'],
          ['fault', 'no-reason'],
        ],
      );
      await on.apply(id);
      await on.work(id);
      const { body } = await request(on.app).get('/api/exceptions?limit=200').set('Authorization', on.api.viewer);
      const listed = body.items.filter(({ studentGroupId }: ImportItem) =>
        [denied, allowed].includes(studentGroupId ?? ''),
      );
      assert.deepEqual(
        listed.map(({ kind, allow, reason }: Record<string, unknown>) => [kind, allow, reason]),
        [
          ['allow', ['progress.score'], 'ill in May'],
          ['deny', [], 'left the course'],
        ],
      );
      const again = await on.checked([['sg_no@school.example', 'allow', 'progress.score', 'mistake']], {
        form: 'exceptions',
        head,
      });
      assert.deepEqual(
        [again.items[0]?.verdict, again.items[0]?.problems[0]?.code],
        ['conflict', 'excluded-and-allowed'],
      );
      const [same] = (await on.checked([['sg_no@school.example', 'deny', '', 'twice']], { form: 'exceptions', head }))
        .items;
      assert.equal(same?.verdict, 'same');
    });
  });

  describe('bad input', () => {
    it('is refused with the place, the cause and the way to mend it', async () => {
      const refusals: [string, request.Test, number, RegExp][] = [
        [
          'no multipart',
          request(on.app).post('/api/imports').set('Authorization', on.api.coordinator).send({}),
          415,
          /multipart/,
        ],
        ['an unknown form', on.upload('a', { form: 'none' }), 400, /known forms: cis-registration, exceptions/],
        [
          'no file',
          request(on.app).post('/api/imports').set('Authorization', on.api.coordinator).field('form', 'exceptions'),
          400,
          /one file/,
        ],
        ['another part', on.upload('a').field('more', '1'), 400, /unknown part/],
        ['macros by name', on.upload(await file(), { name: 'form.xlsm' }), 400, /has macros/],
        ['no headings', on.upload('a;b\n1;2\n', { name: 'a.csv' }), 400, /missing: .*Электронная почта; Страна/],
        ['a heading twice', on.upload('E-mail;Почта;Страна\n1;2;3\n', { name: 'a.csv' }), 400, /same meaning: A1, B1/],
        ['no rows', on.upload('E-mail;Страна\n', { name: 'a.csv' }), 400, /no row below/],
        ['too large', on.upload(Buffer.alloc(11 * 1024 * 1024)), 413, /too large/],
        ['a viewer', on.upload('a', { as: on.api.viewer }), 403, /role/],
      ];
      for (const [what, asked, status, expected] of refusals) {
        const answer = await asked;
        assert.equal(answer.status, status, `${what}: ${answer.text}`);
        const said = [
          answer.body.detail,
          ...(answer.body.errors ?? []).map(({ detail }: { detail: string }) => detail),
        ];
        assert.match(said.join(' '), expected, what);
      }
      const cut = await request(on.app)
        .post('/api/imports')
        .set('Authorization', on.api.coordinator)
        .set('Content-Type', 'multipart/form-data; boundary=x')
        .send('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc');
      assert.equal(cut.status, 400, cut.text);
    });

    it('leaves no personal data in the log', () => {
      assert.doesNotMatch(JSON.stringify(on.overheard.lines), /@school\.example|Петрова|Petrova/);
    });
  });

  it('are listed, the newest first, in pages', async () => {
    const list = (query: string) => request(on.app).get(`/api/imports?${query}`).set('Authorization', on.api.viewer);
    const whole = (await list('limit=200')).body.items.map(({ id }: { id: string }) => id);
    const first = (await list('limit=1')).body;
    const second = (await list(`limit=1&cursor=${first.nextCursor}`)).body;
    assert.deepEqual([first.items[0].id, second.items[0].id], whole.slice(0, 2));
  });
});
