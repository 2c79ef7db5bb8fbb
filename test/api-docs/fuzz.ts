import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { verifyLmsWebhook } from '../../src/adapters/lms/webhook.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { createHttpServer } from '../../src/platform/http/http-server.ts';
import type { Pictures } from '../../src/ports/pictures.ts';
import type { Previews } from '../../src/ports/previews.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import {
  appOver,
  CALLBACK_SECRET,
  revoke,
  seedBatch,
  seedCertificate,
  seedDecision,
  tokenFor,
} from '../http/harness.ts';
import { committedDescription, operationsOf, type SeenAnswer } from '../support/api-description.ts';
import { RELEASE_ROW, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { type FuzzedRequest, type Known, requestsOf } from './fuzz-requests.ts';

const SECRET = `whsec_${Buffer.from('a fictional secret of the LMS').toString('base64')}`;
const RELEASE = { ...RELEASE_ROW, id: 'rel_test' };

/** A template that is drawn instantly, because this test is about the HTTP routes and not about the drawing. */
const previews: Previews = {
  templates: () => [{ id: 'teacher-ru', language: 'ru', hash: 'a'.repeat(64) }],
  samples: () => ['ru', 'kk'],
  fields: async (id) =>
    id === 'teacher-ru'
      ? [{ name: 'number', type: 'text', required: true, maxLength: 20, sample: 'INT-26-000042' }]
      : null,
  draw: async () => Buffer.from('drawn'),
  drawFacts: async () => Buffer.from('drawn'),
  close: async () => undefined,
};

/** Images that are drawn instantly. */
const pictures: Pictures = {
  firstPage: async () => Buffer.from('drawn'),
  card: async () => Buffer.from('drawn'),
  badge: async () => Buffer.from('drawn'),
  close: async () => undefined,
};

/** Responses of one route, counted. */
export interface RouteTally {
  route: string;
  requests: number;
  statuses: Record<string, number>;
}

/**
 * Sends generated requests from `openapi.json` to every route of the real app with a real database. Reading requests
 * come before writing ones.
 * @param numRuns requests per route
 * @param chosen part of method and path; empty: all routes
 * @throws Error with the shortest request whose response is a 5xx or differs from the description
 */
export async function fuzzRoutes(
  { numRuns, seed, chosen = '' }: { numRuns: number; seed: number; chosen?: string },
  tell: (tally: RouteTally) => void,
): Promise<void> {
  const api = committedDescription();
  const operations = operationsOf(api)
    .filter(({ method, path }) => `${method} ${path}`.includes(chosen))
    .sort((a, b) => Number(a.method !== 'GET') - Number(b.method !== 'GET'));
  const database = await testDatabase();
  const site = await openSite(database);
  try {
    for (const one of operations) {
      const statuses: Record<string, number> = {};
      const asked = requestsOf(api, one, site.known, site.tokens);
      await fc.assert(
        fc.asyncProperty(asked, async (fuzzed) => {
          const answer = await site.send(one.method, fuzzed);
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
          const fault = answer.status >= 500 ? `${answer.status}: ${answer.body}` : api.faultOf(answer);
          if (fault !== null) throw new Error(fault);
          if (answer.status < 300 && 'json' in fuzzed && one.operation.requestBody) {
            const pointer = `/paths/${encodeURIComponent(one.path.replaceAll('/', '~1'))}/${one.method.toLowerCase()}/requestBody/content/application~1json/schema`;
            const objection = api.objection(pointer, fuzzed.json);
            if (objection !== null) throw new Error(`accepted, but not described: ${objection}`);
          }
        }),
        { numRuns, seed },
      );
      tell({ route: `${one.method} ${one.path}`, requests: numRuns, statuses });
    }
  } finally {
    await site.close();
    await database.drop();
  }
}

interface FuzzedSite {
  known: Known;
  /** Headers of a coordinator, a viewer and an admin. */
  tokens: string[];
  send(method: string, fuzzed: FuzzedRequest): Promise<SeenAnswer>;
  close(): Promise<void>;
}

async function openSite(database: TestDatabase): Promise<FuzzedSite> {
  const db = database.knex;
  const certificates = [await seedCertificate(db), await seedCertificate(db), await seedCertificate(db, {}, false)];
  await recordRelease(db, RELEASE, new Date());
  const [first, second] = certificates;
  if (second) await revoke(db, second.id);
  for (const id of ['sg_1', 'sg_2', 'sg_3'])
    await recordPull(db, { ok: true, studentGroup: studentGroup(id), etag: null }, new Date(), (email) => email);
  await seedDecision(db, 'sg_1', 'held', { code: 'country-unknown', detail: 'fictional' });
  const batches = [await seedBatch(db), await seedBatch(db, { dry_run: true })];
  const flag = randomUUID();
  await db('flag').insert({
    id: flag,
    student_group_id: 'sg_1',
    kind: 'hours-differ',
    detail: 'fictional',
    raised_at: new Date(),
  });
  const tokens = [];
  for (const role of ['coordinator', 'viewer', 'admin'] as const) tokens.push((await tokenFor(db, role)).header);
  const { app, overheard } = appOver(db, {
    previews,
    pictures,
    signer: openKeyFolder(await testKeysDir()),
    trustProxy: '1',
    lms: {
      pullOne: async () => null,
      pullRelease: async (id) => (id === 'rel_test' ? { ok: true, release: RELEASE } : null),
    },
    verifyLmsWebhook: (input) => verifyLmsWebhook({ secrets: [SECRET], ...input }),
  });
  const server = createHttpServer(app, randomUUID).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  let sender = 0;

  const ids = certificates.map(({ id }) => id);
  const groups = ['sg_1', 'sg_2', 'sg_3', ...certificates.map(({ studentGroupId }) => studentGroupId)];
  const named = (path: string) => [`${path} id`];
  const values: Known['values'] = {
    code: certificates.map(({ facts }) => facts.code),
    number: certificates.map(({ facts }) => facts.number),
    surname: ['Нұрмұхамедова', 'Nurmukhamedova', 'Nobody'],
    secret: [CALLBACK_SECRET],
    version: ['1', '2', '0'],
    lang: ['ru', 'en', 'xx'],
    releaseId: ['rel_test', 'rel_none'],
    release: ['rel_test', 'rel_none'],
    programme: ['teachers'],
    language: ['kk', 'ru'],
    list: ['1', '2'],
    template: ['teacher-ru', 'none'],
    certTemplate: ['teacher-ru', 'none'],
    studentGroupIds: groups,
    studentGroupId: groups,
    countries: ['KZ', 'UZ'],
    country: ['KZ', 'Uzbekistan', 'Нигде'],
    q: [first?.facts.number ?? '', 'nurm', 'assel@example.kz'],
    sample: ['ru', 'none'],
  };
  const add = (part: string, found: readonly string[]) => {
    for (const { path } of operationsOf(committedDescription()))
      if (path.startsWith(part)) for (const key of named(path)) values[key] = found;
  };
  add('/api/certificates/', ids);
  add('/api/batches/', batches);
  add('/api/student-groups/', groups);
  add('/api/flags/', [flag]);
  add('/api/templates/', ['teacher-ru']);
  add('/api/letters/', ['diploma']);
  add('/keys/', ['jwt-1', 'seal-1']);
  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const cursors = [
    '',
    'zzz',
    cursor('\u0000'),
    cursor('sg_1'),
    cursor(flag),
    cursor(batches[0] ?? ''),
    cursor('allow/sg_1'),
  ].concat(
    cursor('lms-not-told sg_1'),
    cursor(`2026-11-20T09:00:10.000Z ${ids[0]}`),
    cursor(`2026-02-31T09:00:10.000Z ${ids[0]}`),
    'x'.repeat(401),
  );

  function send(method: string, { target, headers, body }: FuzzedRequest): Promise<SeenAnswer> {
    sender += 1;
    // Log lines are kept by the test harness, not by the product; they would falsify the measured memory.
    if (sender % 500 === 0) for (const heard of Object.values(overheard)) heard.length = 0;
    const sent: Record<string, string | number> = {
      ...headers,
      'x-forwarded-for': `2001:db8:${(sender % 65_536).toString(16)}::1`,
    };
    if (body !== null) sent['content-length'] = body.length;
    if (target.startsWith('/webhooks/lms') && body !== null && sender % 5 !== 0)
      Object.assign(sent, signature(body, sender));
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, method, path: target, agent, headers: sent }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          // The event stream of a running batch does not end, so it is left out.
          if (res.headers['content-type']?.startsWith('text/event-stream')) {
            resolve({ method, target, status: 200, headers: res.headers, body: chunk, whole: false });
            res.destroy();
          }
        });
        res.on('end', () =>
          resolve({
            method,
            target,
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(chunks),
            whole: true,
          }),
        );
        res.on('error', () => undefined);
      });
      outgoing.on('error', reject);
      outgoing.end(body ?? undefined);
    });
  }

  return {
    known: { values, cursors },
    tokens,
    send,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function signature(body: Buffer, n: number): Record<string, string> {
  const id = `msg_${n}`;
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, at, body.toString()),
  };
}
