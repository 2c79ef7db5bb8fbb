import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFieldMap } from '../../../src/adapters/lms/field-map.ts';
import {
  closedPort,
  cutAfterHeaders,
  cutBeforeHeaders,
  json,
  neverAnswers,
  raw,
  type Step,
  serve,
} from '../scripted-server.ts';
import { lmsAt, unavailable } from './lms-client.ts';
import { sampleGroup, sampleRelease } from './samples.ts';

describe('the LMS client, when it reads a page of a release', () => {
  it('sends token, release, limits and cursor, through the rate limiter', async (t) => {
    const server = await serve(t, json({ items: [sampleGroup()], nextCursor: 'cur-2' }));
    const { lms, gate } = lmsAt(t, `${server.url}/lms/`);
    const page = await lms.pullPage({
      releaseId: 'rel & co',
      cursor: 'cur-1',
      updatedSince: '2026-11-01T00:00:00+03:00',
      limit: 500,
    });
    assert.equal(page.nextCursor, 'cur-2');
    const [item] = page.items;
    assert.ok(item?.ok);
    assert.equal(item.studentGroup.student.fullName, 'Әсел Үлгі');
    assert.equal(item.etag, null);
    const [seen] = server.seen;
    assert.equal(seen?.method, 'GET');
    assert.equal(seen?.headers.authorization, 'Bearer lms-token');
    const url = new URL(seen?.url ?? '', server.url);
    assert.equal(url.pathname, '/lms/student-groups');
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      releaseId: 'rel & co',
      cursor: 'cur-1',
      updatedSince: '2026-11-01T00:00:00+03:00',
      limit: '500',
    });
    assert.equal(gate.passed(), 1);
  });

  it('keeps valid records beside an invalid one, and names the invalid field without its value', async (t) => {
    const bad = { ...sampleGroup('sg_bad'), updatedAt: '2026-11-20 09:15' };
    const server = await serve(
      t,
      json({ items: [sampleGroup('sg_1'), bad, 'junk', sampleGroup('sg_2')], nextCursor: null }),
    );
    const page = await lmsAt(t, server.url).lms.pullPage({ releaseId: 'rel_1' });
    assert.deepEqual(
      page.items.map((item) => item.ok),
      [true, false, false, true],
    );
    const [, held, junk] = page.items;
    assert.ok(held !== undefined && !held.ok && junk !== undefined && !junk.ok);
    assert.equal(held.id, 'sg_bad');
    assert.match(held.detail, /^\/updatedAt: expected a time as RFC 3339 with a zone/);
    assert.doesNotMatch(held.detail, /2026-11-20 09:15/);
    assert.deepEqual([junk.id, junk.detail], [null, '/: expected an object']);
  });

  it('reports the LMS as unavailable when the LMS refuses the request', async (t) => {
    for (const step of [json({ items: [] }, 404), json({}, 400)]) {
      const server = await serve(t, step);
      await unavailable(lmsAt(t, server.url).lms.pullPage({ releaseId: 'rel_1', cursor: 'cur-1' }));
    }
  });
});

describe('the LMS client, when it reads one record', () => {
  it('returns the ETag', async (t) => {
    const server = await serve(t, json(sampleGroup('sg/1'), 200, { etag: 'W/"7"' }));
    const pulled = await lmsAt(t, server.url).lms.pullOne('sg/1');
    assert.ok(pulled?.ok);
    assert.equal(pulled.etag, 'W/"7"');
    assert.equal(server.seen[0]?.url, '/student-groups/sg%2F1');
  });

  it('returns null for 404, and for ids that a URL cannot contain', async (t) => {
    const server = await serve(t, json({}, 404));
    const { lms } = lmsAt(t, server.url);
    assert.equal(await lms.pullOne('sg_1'), null);
    assert.equal(await lms.pullRelease('rel_1'), null);
    for (const id of ['.', '..', '']) assert.equal(await lms.pullOne(id), null);
    assert.equal(server.seen.length, 2);
  });

  it('reads a release, and reports an invalid release', async (t) => {
    const server = await serve(
      t,
      json(sampleRelease()),
      json({ ...sampleRelease(), issueDate: 'yesterday' }),
      json({ ...sampleRelease(), id: 'rel_other' }),
    );
    const { lms } = lmsAt(t, server.url);
    const good = await lms.pullRelease('rel_1');
    assert.ok(good?.ok);
    assert.equal(good.release.numberPrefix, 'INT-26');
    assert.deepEqual(await lms.pullRelease('rel_1'), {
      ok: false,
      detail: '/issueDate: expected a date as YYYY-MM-DD; found text of 9 characters',
    });
    const other = await lms.pullRelease('rel_1');
    assert.ok(other !== null && !other.ok);
  });

  it('refuses a record whose id differs from the requested id', async (t) => {
    const server = await serve(t, json(sampleGroup('sg_other')));
    const pulled = await lmsAt(t, server.url).lms.pullOne('sg_1');
    assert.ok(pulled !== null && !pulled.ok);
    assert.equal(pulled.id, 'sg_1');
  });
});

describe('the LMS client, when it reports "criteria met" by PATCH', () => {
  const report = { studentGroupId: 'sg_1', releaseId: 'rel_1', certTemplate: 'teacher-kk', etag: '"7"' };

  it('sends a PATCH with exactly the two fields and If-Match', async (t) => {
    const answer = { ...sampleGroup(), status: 'criteria met', certTemplate: 'teacher-kk' };
    const server = await serve(t, json(answer, 200, { etag: '"8"' }));
    const outcome = await lmsAt(t, server.url).lms.reportCriteriaMet(report);
    assert.deepEqual(outcome, { kind: 'applied', etag: '"8"' });
    const [seen] = server.seen;
    assert.equal(seen?.method, 'PATCH');
    assert.equal(seen?.url, '/student-groups/sg_1');
    assert.equal(seen?.headers['content-type'], 'application/merge-patch+json');
    assert.equal(seen?.headers['if-match'], '"7"');
    assert.deepEqual(JSON.parse(seen?.body ?? ''), { certTemplate: 'teacher-kk', status: 'criteria met' });
  });

  it('uses the names and constants of the field map', async (t) => {
    const map = loadFieldMap(
      'patch: { certTemplate: tpl, status: state, constants: { by: gramota, n: 1 } }',
      'lms.yaml',
    );
    const server = await serve(t, json({ tpl: 'another' }), json({ tpl: 'teacher-kk', state: 'criteria met' }));
    const { lms } = lmsAt(t, server.url, map);
    assert.equal((await lms.reportCriteriaMet(report)).kind, 'conflict');
    assert.equal((await lms.reportCriteriaMet(report)).kind, 'applied');
    assert.deepEqual(JSON.parse(server.seen[1]?.body ?? ''), {
      by: 'gramota',
      n: 1,
      tpl: 'teacher-kk',
      state: 'criteria met',
    });
  });

  for (const [name, step, kind] of [
    ['404', json({}, 404), 'gone'],
    ['410', json({}, 410), 'gone'],
    ['412', json({}, 412), 'changed'],
    ['409', json({ title: 'Әсел Үлгі already has one' }, 409), 'conflict'],
    ['422', json({ title: 'Әсел Үлгі is not allowed' }, 422), 'conflict'],
    ['200 that kept another template', json({ certTemplate: 'teacher-ru', status: 'criteria met' }), 'conflict'],
    ['200 that kept another status', json({ certTemplate: 'teacher-kk', status: 'completed' }), 'conflict'],
    ['200 already past it', json({ certTemplate: 'teacher-kk', status: 'certificate issued' }), 'applied'],
    ['200 without a record', raw(''), 'applied'],
    ['204', raw('', 204), 'applied'],
  ] as [string, Step, string][]) {
    it(`returns ${kind} after ${name}`, async (t) => {
      const server = await serve(t, step);
      const outcome = await lmsAt(t, server.url).lms.reportCriteriaMet(report);
      assert.equal(outcome.kind, kind);
      assert.doesNotMatch(JSON.stringify(outcome), /Әсел/);
    });
  }

  describe('after a response 200 without a record', () => {
    for (const [name, strange] of [
      ['a page of a proxy', raw('<html>please sign in</html>')],
      ['half a record', raw('{"items": [{"id": "x')],
      ['some other object', json({ surprise: [null] })],
    ] as [string, Step][]) {
      it(`does not trust the response, and reads the record again: ${name}`, async (t) => {
        const told = json({ ...sampleGroup(), status: 'criteria met', certTemplate: 'teacher-kk' }, 200, {
          etag: '"8"',
        });
        const applied = await serve(t, strange, told);
        assert.deepEqual(await lmsAt(t, applied.url).lms.reportCriteriaMet(report), { kind: 'applied', etag: '"8"' });
        const ignored = await serve(t, strange, json({ ...sampleGroup(), status: 'completed', certTemplate: null }));
        const error = await unavailable(lmsAt(t, ignored.url).lms.reportCriteriaMet(report));
        assert.equal(error.code, 'lms-unreadable');
      });
    }
  });

  for (const [name, step, seconds] of [
    ['401', json({}, 401), null],
    ['403', json({}, 403), null],
    ['429 with seconds', json({}, 429, { 'retry-after': '7' }), 7],
    ['429 with a date', json({}, 429, { 'retry-after': 'Fri, 20 Nov 2026 10:01:30 GMT' }), 90],
    ['429 with nonsense', json({}, 429, { 'retry-after': 'later' }), null],
    ['500', raw('boom', 500), null],
    ['503', json({}, 503, { 'retry-after': '30' }), 30],
    ['400', json({}, 400), null],
    ['a redirect', raw('', 307, { location: 'http://127.0.0.1:1/x' }), null],
    ['a cut before the headers', cutBeforeHeaders, null],
    ['a cut within the body', cutAfterHeaders, null],
    ['silence', neverAnswers, null],
  ] as [string, Step, number | null][]) {
    it(`returns "unavailable" after ${name}`, async (t) => {
      const server = await serve(t, step);
      const { lms, accepted } = lmsAt(t, server.url, undefined, step === neverAnswers ? 300 : undefined);
      const error = await unavailable(lms.reportCriteriaMet(report));
      assert.equal(error.retryAfterSeconds, seconds);
      assert.equal(server.seen.length, 1);
      assert.deepEqual(accepted, ['401', '403'].includes(name) ? [false] : [], 'only these speak of the token');
    });
  }

  it('returns "unavailable" when no connection is possible', async (t) => {
    const error = await unavailable(lmsAt(t, `http://127.0.0.1:${await closedPort()}`).lms.reportCriteriaMet(report));
    assert.match(error.message, /ECONNREFUSED/);
  });

  describe('when it has no ETag', () => {
    const blind = { ...report, etag: null };
    const steps = (status: string, certTemplate: string | null, etag: string | null): Step[] => [
      json({ ...sampleGroup(), status, certTemplate }, 200, etag === null ? {} : { etag }),
      json({ ...sampleGroup(), status: 'criteria met', certTemplate: 'teacher-kk' }),
    ];
    it('reads the record before the PATCH', async (t) => {
      const server = await serve(t, ...steps('completed', null, '"9"'));
      assert.equal((await lmsAt(t, server.url).lms.reportCriteriaMet(blind)).kind, 'applied');
      assert.deepEqual(
        server.seen.map((seen) => seen.method),
        ['GET', 'PATCH'],
      );
      assert.equal(server.seen[1]?.headers['if-match'], '"9"');
    });
    for (const [name, status, template, etag, kind] of [
      ['expelled meanwhile', 'expelled', null, '"9"', 'changed'],
      ['already reported', 'criteria met', 'teacher-kk', '"9"', 'applied'],
      ['already issued', 'certificate issued', 'teacher-kk', '"9"', 'applied'],
      ['reported with another template', 'criteria met', 'teacher-ru', '"9"', 'conflict'],
      ['no ETag to be had', 'completed', null, null, 'conflict'],
    ] as const) {
      it(`returns ${kind} and sends no PATCH when ${name}`, async (t) => {
        const server = await serve(t, ...steps(status, template, etag));
        assert.equal((await lmsAt(t, server.url).lms.reportCriteriaMet(blind)).kind, kind);
        assert.equal(server.seen.length, 1);
      });
    }
    it('returns "gone" when the read finds no record', async (t) => {
      const server = await serve(t, json({}, 404));
      assert.equal((await lmsAt(t, server.url).lms.reportCriteriaMet(blind)).kind, 'gone');
    });
  });
});
