import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LmsUnreadable } from '../../../src/ports/lms.ts';
import { json, raw, type Step, serve } from '../scripted-server.ts';
import { lmsAt, unavailable } from './lms-client.ts';
import { sampleGroup, sampleRelease } from './samples.ts';

describe("numbers in text fields of the LMS's JSON", () => {
  it('are read as text in record ids and in cursors', async (t) => {
    const numbered = (id: number) => {
      const group = sampleGroup();
      const student = { ...(group['student'] as object), id: id + 1 };
      return { ...group, id, student, group: { id: 31, releaseId: 12 } };
    };
    const server = await serve(t, json({ items: [numbered(7)], nextCursor: 500 }), json(numbered(7)));
    const { lms } = lmsAt(t, server.url);
    const page = await lms.pullPage({ releaseId: '12' });
    assert.equal(page.nextCursor, '500');
    for (const pulled of [page.items[0], await lms.pullOne('7')]) {
      assert.ok(pulled?.ok);
      const { id, student, group } = pulled.studentGroup;
      assert.deepEqual([id, student.id, group.id, group.releaseId], ['7', '8', '31', '12']);
    }
    const release = await serve(t, json({ ...sampleRelease(), id: 12 }));
    assert.ok((await lmsAt(t, release.url).lms.pullRelease('12'))?.ok);
  });

  it('are refused when digits may be lost or the form differs; the message has the JSON pointer', async (t) => {
    for (const [written, form] of [
      ['9007199254740993', 'a number of 16 digits'],
      ['1.0', 'a number with a fraction'],
      ['1e3', 'a number with an exponent'],
    ] as const) {
      const body = JSON.stringify({ ...sampleGroup(), id: 'ID' }).replace('"ID"', written);
      const server = await serve(t, raw(`{"items":[${body}],"nextCursor":null}`), raw(body));
      const { lms } = lmsAt(t, server.url);
      const detail = `/id: expected text or a whole number below 2^53; found ${form}`;
      const [item] = (await lms.pullPage({ releaseId: 'rel_1' })).items;
      assert.deepEqual(
        [item?.ok, item?.ok === false && item.id, item?.ok === false && item.detail],
        [false, null, detail],
      );
      const one = await lms.pullOne(written);
      assert.deepEqual(one, { ok: false, id: written, releaseId: 'rel_1', detail });
    }
  });

  it('outside ids may have a fraction or an exponent, but no lost digits', async (t) => {
    const scored = (written: string) => JSON.stringify(sampleGroup()).replace(/"score":[^,}]+/, `"score":${written}`);
    const server = await serve(t, raw(scored('90.0')), raw(scored('9e1')), raw(scored('9007199254740993')));
    const { lms } = lmsAt(t, server.url);
    for (let n = 0; n < 2; n += 1) {
      const pulled = await lms.pullOne('sg_1');
      assert.equal(pulled?.ok && pulled.studentGroup.progress?.score, 90);
    }
    const lost = await lms.pullOne('sg_1');
    assert.match(lost?.ok === false ? lost.detail : '', /^\/progress\/score: .*found a number of 16 digits$/);
  });
});

describe('an unreadable response of the LMS', () => {
  const html = raw('<!doctype html><p>Please sign in, Әсел Үлгі</p>', 200, {
    'content-type': 'text/html; charset=utf-8',
  });
  const whole = JSON.stringify(sampleGroup());
  const asJson = { 'content-type': 'application/json' };
  const zipped = gzipSync(whole);
  const rows: [string, Step, string][] = [
    ['HTML', html, 'status 200, content type text/html: it is HTML or XML, expected JSON'],
    ['nothing', raw('', 200, asJson), 'status 200, content type application/json: its body is empty'],
    ['no content type', raw(''), 'status 200, no content type: its body is empty'],
    [
      'half JSON',
      raw(whole.slice(0, 100), 200, asJson),
      'status 200, content type application/json: its JSON ends too early, after 100 characters',
    ],
    [
      'what is no JSON',
      raw("{'id': 'sg_1'}", 200, asJson),
      'status 200, content type application/json: it is not JSON: the fault is at character 2 of 14',
    ],
    [
      'another character set',
      raw(Buffer.from('{"a":"\xff"}', 'latin1'), 200, asJson),
      'status 200, content type application/json: it is not UTF-8',
    ],
    ['endless levels', raw('['.repeat(500_000)), 'status 200, no content type: it is nested too deeply'],
    ['a list', json([]), 'status 200: /: expected an object; found a list'],
    ['a number', raw('1e3'), 'status 200: /: expected an object; found a number with an exponent'],
    [
      "an error told as 200, Moodle's way",
      json({ exception: 'moodle_exception', errorcode: 'invalidtoken' }),
      'status 200: /id: expected text or a whole number below 2^53; found nothing',
    ],
    [
      'gzip that nobody names',
      raw(zipped, 200, asJson),
      'status 200, content type application/json: it is gzip data, but has no Content-Encoding header',
    ],
    [
      'gzip that is broken off',
      raw(zipped.subarray(0, 60), 200, { ...asJson, 'content-encoding': 'gzip' }),
      'status 200, content type application/json: its compressed data (gzip) ends too early',
    ],
    [
      'a coding that nobody knows',
      raw(whole, 200, { ...asJson, 'content-encoding': 'compress' }),
      'status 200, content type application/json: its content encoding is "compress"; supp',
    ],
  ];
  for (const [name, step, detail] of rows) {
    it(`to a request for a record is reported with HTTP status, content type and place: ${name}`, async (t) => {
      const server = await serve(t, step);
      const { lms } = lmsAt(t, server.url);
      for (const [route, pull] of [
        ['GET /student-groups/{id}', () => lms.pullOne('sg_1')],
        ['GET /releases/{id}', () => lms.pullRelease('rel_1')],
      ] as const) {
        const error = await unavailable(pull());
        assert.ok(error instanceof LmsUnreadable);
        assert.equal(error.code, 'lms-unreadable');
        const start = `the LMS answered, but its answer cannot be read: ${route}, ${detail}`;
        assert.equal(error.message.slice(0, start.length), start);
        assert.doesNotMatch(error.message, /Әсел|invalidtoken/);
      }
    });
  }

  for (const [name, step, detail] of [
    ['HTML', html, 'status 200, content type text/html: it is HTML or XML, expected JSON'],
    ['no list', json({ nextCursor: null }), 'status 200: /items: expected a list; found nothing'],
    ['an object for the list', json({ items: {} }), 'status 200: /items: expected a list; found an object'],
    ['a list without envelope', json([sampleGroup()]), 'status 200: /: expected an object; found a list'],
    [
      'an object for the cursor',
      json({ items: [], nextCursor: { page: 2 } }),
      'status 200: /nextCursor: expected text, a whole number below 2^53, or null; found an object',
    ],
    [
      'a cursor that lost digits',
      raw('{"items":[],"nextCursor":9007199254740993}'),
      'status 200: /nextCursor: expected text, a whole number below 2^53, or null; found a number of 16 digits',
    ],
  ] as [string, Step, string][]) {
    it(`to a request for a page is reported too: ${name}`, async (t) => {
      const server = await serve(t, step);
      const error = await unavailable(lmsAt(t, server.url).lms.pullPage({ releaseId: 'rel_1' }));
      assert.equal(error.message, `the LMS answered, but its answer cannot be read: GET /student-groups, ${detail}`);
      assert.equal(error.code, 'lms-unreadable');
    });
  }

  it('is not assumed when the body is compressed as its header says: the response is decompressed and read', async (t) => {
    const server = await serve(t, raw(zipped, 200, { ...asJson, 'content-encoding': 'gzip', etag: '"7"' }));
    const pulled = await lmsAt(t, server.url).lms.pullOne('sg_1');
    assert.ok(pulled?.ok);
    assert.equal(pulled.etag, '"7"');
  });

  it('keeps the meaning of its HTTP status: a 4xx with an HTML body is a refusal', async (t) => {
    const server = await serve(t, raw('<html>', 401, { 'content-type': 'text/html' }));
    const error = await unavailable(lmsAt(t, server.url).lms.pullOne('sg_1'));
    assert.deepEqual([error.code, error.status], ['lms-unavailable', 401]);
  });
});
