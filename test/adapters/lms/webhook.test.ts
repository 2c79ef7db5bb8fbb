import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { verifyLmsWebhook } from '../../../src/adapters/lms/webhook.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;
const OLD_KEY = Buffer.alloc(32, 9);
const OLD_SECRET = `whsec_${OLD_KEY.toString('base64')}`;
const NOW = new Date('2026-11-20T10:00:00Z');
const BODY = JSON.stringify({
  type: 'student-group.completed',
  timestamp: '2026-11-20T12:59:58+03:00',
  data: { studentGroupId: 'sg_1', releaseId: 'rel_1' },
});

/** Signs as the standard describes, without the code under test. */
function sign(body: string | Buffer, { key = KEY, id = 'msg_1', seconds = NOW.getTime() / 1000 } = {}) {
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${mac}` };
}

function verify(body: string | Buffer, headers: Record<string, string | string[] | undefined>, secrets = [SECRET]) {
  return verifyLmsWebhook({ secrets, headers, rawBody: Buffer.from(body), now: NOW });
}

function statusOf(body: string | Buffer, headers: Record<string, string | undefined>, secrets?: string[]): number {
  const result = verify(body, headers, secrets);
  return result.ok ? 202 : result.status;
}

describe('a webhook of the LMS', () => {
  it('is accepted when its signature matches', () => {
    assert.deepEqual(verify(BODY, sign(BODY)), {
      ok: true,
      event: {
        id: 'msg_1',
        type: 'student-group.completed',
        studentGroupId: 'sg_1',
        releaseId: 'rel_1',
        at: new Date('2026-11-20T09:59:58Z'),
      },
    });
  });

  it('is accepted when one of several secrets and signatures matches', () => {
    const both = [SECRET, OLD_SECRET];
    assert.equal(statusOf(BODY, sign(BODY, { key: OLD_KEY }), both), 202);
    assert.equal(statusOf(BODY, sign(BODY, { key: OLD_KEY }), [SECRET]), 401);
    const good = sign(BODY);
    const several = `v1a,xyz v1,${Buffer.alloc(32).toString('base64')} ${good['webhook-signature']}`;
    assert.equal(statusOf(BODY, { ...good, 'webhook-signature': several }), 202);
  });

  it('is signed over its bytes, so that UTF-8 text works', () => {
    const body = JSON.stringify({ type: 'ping', data: { note: 'Әсел ✓' } });
    assert.equal(statusOf(body, sign(body)), 202);
  });

  it('is refused when the signature does not match id, time and body', () => {
    const headers = sign(BODY);
    assert.equal(statusOf(BODY.replace('sg_1', 'sg_2'), headers), 401);
    assert.equal(statusOf(`${BODY} `, headers), 401);
    assert.equal(statusOf(BODY, { ...headers, 'webhook-id': 'msg_2' }), 401);
    assert.equal(statusOf(BODY, { ...headers, 'webhook-timestamp': String(NOW.getTime() / 1000 - 1) }), 401);
  });

  it('is refused for every malformed signature', () => {
    const headers = sign(BODY);
    const mac = headers['webhook-signature'].slice(3);
    for (const bad of [
      '',
      'v1',
      'v1,',
      mac,
      `v2,${mac}`,
      `v1,${mac}x`,
      `v1,${mac.slice(0, -2)}`,
      'v1,%%%',
      `v1;${mac}`,
    ]) {
      assert.equal(statusOf(BODY, { ...headers, 'webhook-signature': bad }), 401, bad);
    }
    for (const name of Object.keys(headers)) assert.equal(statusOf(BODY, { ...headers, [name]: undefined }), 401, name);
  });

  it('is refused when its time is more than five minutes before or after now', () => {
    const at = (offset: number) => {
      const seconds = NOW.getTime() / 1000 + offset;
      return statusOf(BODY, sign(BODY, { seconds }));
    };
    assert.deepEqual([at(-300), at(300), at(-301), at(301)], [202, 202, 401, 401]);
    for (const bad of ['now', '-1', '1e9', '', '17636328000000']) {
      assert.equal(statusOf(BODY, { ...sign(BODY), 'webhook-timestamp': bad }), 401, bad);
    }
  });

  it('is reported as malformed when its signed body does not match the schema', () => {
    const wrap = (data: unknown, type = 'student-group.updated') => JSON.stringify({ type, data });
    for (const body of [
      '',
      'no json',
      '[]',
      'null',
      '{}',
      '{"type":7}',
      '{"type":""}',
      '{"type":"a\\u0000b"}',
      '{"type":"ping","timestamp":"2026-11-20 10:00"}',
      wrap({}),
      wrap({ studentGroupId: 5.5 }),
      wrap({ studentGroupId: true }),
      wrap({ studentGroupId: ['sg_1'] }),
      '{"type":"student-group.updated","data":{"studentGroupId":1.0}}',
      '{"type":"student-group.updated","data":{"studentGroupId":9007199254740993}}',
      wrap({ studentGroupId: 'x'.repeat(201) }),
      wrap({ studentGroupId: 'a\u0000' }),
      wrap(null),
      wrap({ studentGroupId: 'sg_1' }, 'release.closed'),
    ]) {
      assert.equal(statusOf(body, sign(body)), 400, body);
      assert.equal(statusOf(body, { ...sign(body), 'webhook-signature': 'v1,AAAA' }), 401, `unsigned ${body}`);
    }
  });

  it('is reported as malformed when its body is not UTF-8, although the signature matches', () => {
    const cp1251 = Buffer.concat([
      Buffer.from('{"type":"ping","data":{"note":"'),
      Buffer.from([0xc0, 0xf1, 0xe5]),
      Buffer.from('"}}'),
    ]);
    const utf16 = Buffer.from(BODY, 'utf16le');
    for (const body of [cp1251, utf16]) {
      const result = verify(body, sign(body));
      assert.ok(!result.ok);
      assert.deepEqual([result.status, result.detail.split(':')[0]], [400, 'body']);
      assert.equal(statusOf(body, { ...sign(body), 'webhook-id': 'msg_2' }), 401);
    }
    const told = verify(cp1251, sign(cp1251));
    assert.ok(!told.ok);
    assert.equal(told.detail, 'body: expected UTF-8');
    const replaced = Buffer.from(cp1251.toString('utf8'));
    assert.equal(statusOf(replaced, sign(cp1251)), 401, 'the bytes are signed, not what they are read as');
  });

  it('may contain ids as whole numbers, which are read as text', () => {
    const body = '{"type":"student-group.updated","data":{"studentGroupId":17,"releaseId":9007199254740991}}';
    const result = verify(body, sign(body));
    assert.ok(result.ok);
    assert.deepEqual([result.event.studentGroupId, result.event.releaseId], ['17', '9007199254740991']);
  });

  it('with an unreadable id is refused; the message names the field and the form of the value', () => {
    const body = '{"type":"student-group.updated","data":{"studentGroupId":1e3}}';
    const result = verify(body, sign(body));
    assert.ok(!result.ok);
    assert.equal(
      result.detail,
      '/data/studentGroupId: expected text or a whole number below 2^53; found a number with an exponent',
    );
  });

  it('of an unknown type is accepted with any data', () => {
    for (const data of [undefined, null, 7, { studentGroupId: 5 }, { studentGroupId: 'sg_1' }]) {
      const body = JSON.stringify({ type: 'student.renamed', data });
      const result = verify(body, sign(body));
      assert.ok(result.ok);
      assert.equal(result.event.type, 'student.renamed');
      assert.deepEqual(result.event.at, NOW);
    }
  });
});

describe('webhook secrets of the LMS', () => {
  it('give the same signature as the Standard Webhooks library, with and without base64 padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), (bytes) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
        for (const text of [secret, secret.replace(/=+$/, '')]) {
          const signature = new Webhook(text).sign('msg_1', NOW, BODY);
          assert.equal(statusOf(BODY, { ...sign(BODY), 'webhook-signature': signature }, [text]), 202);
          assert.equal(statusOf(BODY, { ...sign(BODY), 'webhook-signature': signature }), 401);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('must not be empty, because anybody could sign with an empty secret', () => {
    const empty = sign(BODY, { key: Buffer.alloc(0) });
    for (const secrets of [[], [''], ['whsec_'], [SECRET, 'whsec_!!']])
      assert.throws(() => verify(BODY, empty, secrets), /a webhook secret is empty/);
  });
});
