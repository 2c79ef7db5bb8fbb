import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { createHttpServer } from '../../src/platform/http/http-server.ts';
import { seededRandom } from '../../src/sandbox/faults.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { oneOf } from '../support/seeded.ts';
import { ended, firstMatch } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));
const SECRET = `whsec_${Buffer.from('a fictional secret of the LMS').toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.from('a fictional secret of nobody').toString('base64')}`;
const REQUESTS = 2000;
const WARM_UP = 400;
const LANES = 16;
/** Limit of memory growth in MB; the requests have about 200 MB in total. */
const MOST_GROWTH_MB = 60;

interface Shot {
  headers: Record<string, string>;
  body: Buffer;
  /** The event's id when it is signed and well-formed. */
  stores?: string;
}
type Maker = (random: () => number, n: number) => Shot;

const EVENT = { type: 'student-group.updated', timestamp: '2026-11-20T09:15:00Z', data: { studentGroupId: 'sg_1' } };

function signed(
  body: string | Buffer,
  { id, at = new Date(), secret = SECRET }: { id: string; at?: Date; secret?: string },
) {
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body.toString()),
  };
  return { headers, body: Buffer.from(body) };
}
const event = (changes: object = {}) => JSON.stringify({ ...EVENT, ...changes });
const noise = (random: () => number, length: number) =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const id = (n: number) => `msg_${n}`;

/** Every kind of abuse, mixed with valid events. */
const MAKERS: Maker[] = [
  (_, n) => ({ ...signed(event(), { id: id(n) }), stores: id(n) }),
  // A replayed webhook: only the first of these ids is stored, once.
  (_, n) => ({ ...signed(event(), { id: id(n % 7) }), stores: id(n % 7) }),
  (_, n) => ({ ...signed(event({ type: 'course.renamed' }), { id: id(n) }), stores: id(n) }),
  // JSON with duplicate keys: the last one counts, and the LMS signed it.
  (_, n) => ({ ...signed(event().replace('{', '{"type":"x",'), { id: id(n) }), stores: id(n) }),
  (_, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'content-type': 'text/plain; charset=utf-16' }, body, stores: id(n) };
  },
  // Webhooks without a signature, or with a signature by another key, over another body, or for another time.
  (_, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    const without = Object.fromEntries(
      Object.entries(headers).filter(
        ([name]) => name !== `webhook-${oneOf(['id', 'timestamp', 'signature'], () => (n % 3) / 3)}`,
      ),
    );
    return { headers: without, body };
  },
  (_, n) => signed(event(), { id: id(n), secret: OTHER_SECRET }),
  (_, n) => ({ ...signed(event(), { id: id(n) }), body: Buffer.from(event({ data: { studentGroupId: 'sg_2' } })) }),
  (_, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'webhook-id': `${id(n)}x` }, body };
  },
  (random, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'webhook-signature': `v1,${noise(random, 32).toString('base64')}` }, body };
  },
  (random, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    const garbage = noise(random, 6000)
      .toString('latin1')
      .replace(/[^\x20-\x7e\x80-\xff]/g, ' ');
    return { headers: { ...headers, 'webhook-signature': `v1,${garbage}` }, body };
  },
  (random, n) => {
    const seconds = oneOf([-301, 400, -86_400, 86_400, 3.2e8, -3.2e8], random);
    return signed(event(), { id: id(n), at: new Date(Date.now() + seconds * 1000) });
  },
  (random, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    const odd = oneOf(['NaN', '-1', '1e9', '0x5f5e100', '9'.repeat(400), '١٢٣', ''], random);
    return { headers: { ...headers, 'webhook-timestamp': Buffer.from(odd).toString('latin1') }, body };
  },
  // A signed webhook whose body cannot be used.
  (random, n) => signed(event().slice(0, Math.floor(random() * event().length)), { id: id(n) }),
  (random, n) => signed(oneOf(['[', '{"data":'], random).repeat(20_000), { id: id(n) }),
  (random, n) => {
    const body = oneOf(['', 'null', '[]', '7', '"x"', '{}', '{"__proto__":{"type":"x"}}', '{"type":{}}'], random);
    return signed(body, { id: id(n) });
  },
  (random, n) => {
    const studentGroupId = oneOf([null, '', 7.5, [], {}, 'x'.repeat(201), 'a\u0000b', '\ud800', '\n'], random);
    return signed(event({ data: { studentGroupId } }), { id: id(n) });
  },
  (random, n) => signed(event({ type: oneOf(['', '\udc00', 'x'.repeat(201), '\u0007'], random) }), { id: id(n) }),
  (random, n) =>
    signed(event({ timestamp: oneOf(['2026-11-20 09:15', '+275760-09-13T00:00:00Z', 'now'], random) }), { id: id(n) }),
  (_, n) => signed(event(), { id: `${id(n)}${'x'.repeat(300)}` }),
  (_, n) => signed(utf16(event()), { id: id(n) }),
  (_, n) => signed(`\ufeff${event()}`, { id: id(n) }),
  (random, n) => signed(noise(random, 500), { id: id(n) }),
  // A webhook that is too large, or a compressed one that looks small.
  (random, n) => signed(event({ padding: 'x'.repeat(270_000 + Math.floor(random() * 1_000_000)) }), { id: id(n) }),
  (_, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'content-length': '99999999999' }, body };
  },
  (_, n) => {
    const { headers } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'content-encoding': 'gzip' }, body: BOMB };
  },
  (_, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return { headers: { ...headers, 'content-encoding': 'br, deflate, nonsense' }, body };
  },
  (random, n) => {
    const { headers, body } = signed(event(), { id: id(n) });
    return {
      headers: { ...headers, 'x-padding': 'x'.repeat(oneOf([15_000, 40_000], random)), 'x-more': 'x'.repeat(9000) },
      body,
    };
  },
];
const BOMB = gzipSync(Buffer.alloc(20_000_000, 32));

/** Raw bytes that no client library would send; the server may respond or cut the connection. */
const RAW = [
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n',
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}',
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nwebhook-id: a\u0000b\r\n\r\n',
  'POST /webhooks/lms HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{',
  'POST /webhooks/lms HTTP/9.9\r\n\r\n',
  '\u0016\u0003\u0001\u0000',
];

describe('two thousand invalid or forged webhooks', () => {
  let database: TestDatabase;
  let child: ChildProcess;
  let url: URL;
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  before(async () => {
    database = await testDatabase();
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      TEMPLATES_DIR: TEMPLATES,
      SIGNING_KEYS_DIR: await testKeysDir(),
      PUBLIC_URL: 'http://127.0.0.1:8080',
      LMS_BASE_URL: 'http://127.0.0.1:9',
      LMS_TOKEN: 'nobody',
      LMS_WEBHOOK_SECRET: SECRET,
      SENDSAY_ACCOUNT: 'nobody',
      SENDSAY_API_KEY: 'nothing',
      SENDSAY_FROM_EMAIL: 'diplomas@school.example',
      SENDSAY_FROM_NAME: 'School of Continuing Education',
      PORT: '0',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
    };
    child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    url = new URL('/webhooks/lms', await firstMatch(child, /listening on (http:[^"\s]+)/));
  });
  after(async () => {
    agent.destroy();
    await ended(child, 'SIGKILL');
    await database.drop();
  });

  /** Resident memory of the process in MB. */
  const memory = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).toString()) / 1024;

  /** The status of the answer; 0 when the connection was cut, which is allowed for an unwanted body. */
  function shoot({ headers, body }: Shot): Promise<number> {
    return new Promise((resolve) => {
      const outgoing = request(url, { method: 'POST', agent, headers: { 'content-length': body.length, ...headers } });
      outgoing.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
        // A body shorter than announced would keep its connection open.
        if (headers['content-length'] !== undefined) outgoing.destroy();
      });
      outgoing.on('error', () => resolve(0));
      outgoing.end(body);
    });
  }

  async function shootRaw(text: string): Promise<number> {
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    socket.setTimeout(300, () => socket.destroy());
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
    });
    socket.write(text, 'latin1');
    await once(socket, 'close');
    return Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(said)?.[1] ?? 0);
  }

  it('get 4xx or 202; only signed webhooks are stored, memory use does not grow and the process continues', async () => {
    const random = seededRandom(20_261_122);
    const stored = new Set<string>();
    const statuses = new Map<number, number>();
    const note = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
    async function round(from: number, to: number): Promise<void> {
      let n = from;
      const lane = async () => {
        while (n < to) {
          const own = n++;
          if (own % 40 === 39) {
            note(await shootRaw(oneOf(RAW, random)));
            continue;
          }
          const shot = oneOf(MAKERS, random)(random, own);
          const status = await shoot(shot);
          note(status);
          if (shot.stores === undefined)
            assert.ok(
              status === 0 || (status >= 400 && status < 500),
              `${own}: ${status} for ${JSON.stringify(shot.headers).slice(0, 500)}`,
            );
          else {
            assert.equal(status, 202, String(own));
            stored.add(shot.stores);
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }
    await round(0, WARM_UP);
    const before = memory();
    await round(WARM_UP, REQUESTS);
    const grown = memory() - before;
    const found: string[] = await database.knex('lms_event').pluck('id');
    assert.deepEqual(found.sort(), [...stored].sort());
    assert.deepEqual(
      [...statuses.keys()].filter((status) => ![0, 202].includes(status) && (status < 400 || status > 499)),
      [],
    );
    for (const expected of [202, 400, 401, 413, 415, 431]) assert.ok(statuses.has(expected), `no ${expected}`);
    assert.ok((statuses.get(0) ?? 0) < REQUESTS / 20, `${statuses.get(0)} were cut without an answer`);
    assert.ok(grown < MOST_GROWTH_MB, `memory grew by ${grown.toFixed(0)} MB from ${before.toFixed(0)} MB`);
    assert.equal((await fetch(new URL('/healthz', url))).status, 200);
    assert.equal(child.exitCode, null);
  });
});

it('a webhook request whose bytes arrive too slowly is ended', async () => {
  const server = createHttpServer(
    (req, res) => {
      req.resume();
      req.on('end', () => res.end());
    },
    () => 'id',
    { requestMs: 400, checkMs: 50 },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  const trickle = setInterval(() => socket.write('x'), 40);
  await once(socket, 'close');
  clearInterval(trickle);
  server.close();
  assert.match(said, /^HTTP\/1\.1 408 /);
});
