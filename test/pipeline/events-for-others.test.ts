import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { createSubscribers } from '../../src/adapters/subscribers/subscriber-client.ts';
import { runEventList, runEventReplay } from '../../src/commands/event.ts';
import { readConfig } from '../../src/config.ts';
import { type AnnounceContext, postDue } from '../../src/pipeline/announce/announce.ts';
import { forgetEvents, replayEvent, selectEvents, setSubscribers } from '../../src/records/outgoing-events.ts';
import { told } from '../commands/command-line.ts';
import { seedCertificate, seedDecision, seedGroup, seedRelease } from '../http/harness.ts';
import { letter } from '../http/letters.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const SECRET = 'whsec_Z3JhbW90YS1ldmVudHMtb2YtYS10ZXN0LTAx';
const FORMER = 'whsec_Zm9ybWVyLXNlY3JldC1vZi1hLXRlc3QtMDAwMDA=';
const ALL = { type: null, state: null, studentGroupId: null };
const PAGE = { before: null, limit: 50 };

interface Posted {
  headers: IncomingHttpHeaders;
  body: string;
}

describe('events for other systems', () => {
  let database: TestDatabase;
  let receiver: Server;
  let url: string;
  let posted: Posted[];
  /** What the receiver answers next; then 204. */
  let answers: { status: number; retryAfter?: string }[];
  const subscribers = createSubscribers([SECRET, FORMER]);
  let now: number;

  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    receiver = createServer(async (request, response) => {
      posted.push({ headers: request.headers, body: await text(request) });
      const { status, retryAfter } = answers.shift() ?? { status: 204 };
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events?key=of-the-receiver`;
  });
  after(async () => {
    receiver.close();
    await subscribers.close();
    await database.drop();
  });
  beforeEach(async () => {
    // Later than what a test writes, but within the five minutes that a signature may be off.
    [posted, answers, now] = [[], [], Date.now() + 240_000];
    await setSubscribers(database.knex, [url], new Date());
  });
  afterEach(async () => {
    await database.knex('outgoing_event').delete();
  });

  const logged: object[] = [];
  const silent = (fields: object) => void logged.push(fields);
  const context = (): AnnounceContext => ({
    db: database.knex,
    clock: { now: () => new Date(now), sleep: () => Promise.resolve() },
    log: { debug: silent, info: silent, warn: silent, error: silent } as never,
    subscribers,
  });
  const held = () =>
    seedGroup(database.knex, `sg_${randomUUID()}`).then((id) =>
      database.knex.raw(`select announce('student-group.held', ?, null, null, 'country-unknown')`, [id]),
    );
  const bodies = () => posted.map(({ body }) => JSON.parse(body));
  const deliveries = async () => (await selectEvents(database.knex, ALL, PAGE)).flatMap((event) => event.deliveries);

  it('tell of an award, a sent and a bounced letter, a revocation, a reinstatement and a hold: ids and codes, no names', async () => {
    const db = database.knex;
    const { id } = await seedCertificate(db);
    const { student_group_id: studentGroupId } = await db('certificate').where({ id }).first('student_group_id');
    const issue = await letter(db, id, 'accepted');
    await db('personal_issue').where({ id: issue }).update({ state: 'sent', letter: '7', sent_at: new Date() });
    await db('personal_issue')
      .where({ id: issue })
      .update({ state: 'bounced', bounced_at: new Date(), reason_code: 'recipient-blocked' });
    for (const kind of ['revoke', 'reinstate'])
      await db('validity_act').insert({
        id: randomUUID(),
        certificate_id: id,
        version: 1,
        kind,
        actor: 'ada',
        reason: 'A reason.',
        reason_class: 'other',
        acted_at: new Date(),
      });
    const other = await seedGroup(db, `sg_${randomUUID()}`);
    await seedDecision(db, other, 'held', { code: 'country-unknown', detail: 'Nemo' });
    while ((await postDue(context())) > 0);
    const told = bodies().sort((a, b) => String(a.type).localeCompare(b.type));
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.studentGroupId, data.certificateId, data.reason]),
      [
        ['certificate.bounced', studentGroupId, id, 'recipient-blocked'],
        ['certificate.issued', studentGroupId, id, null],
        ['certificate.reinstated', studentGroupId, id, null],
        ['certificate.revoked', studentGroupId, id, null],
        ['certificate.sent', studentGroupId, id, null],
        ['student-group.held', other, null, 'country-unknown'],
      ],
    );
    assert.deepEqual(Object.keys(told[0].data).sort(), [
      'certificateId',
      'letterId',
      'reason',
      'releaseId',
      'studentGroupId',
    ]);
    assert.ok(told.every(({ data }) => data.releaseId === 'rel_test'));
  });

  it('are signed by each secret, as the library of Standard Webhooks checks it', async () => {
    await held();
    await postDue(context());
    const [{ headers, body } = { headers: {}, body: '' }] = posted;
    for (const secret of [SECRET, FORMER])
      assert.ok(new Webhook(secret).verify(body, headers as Record<string, string>));
    assert.throws(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>));
  });

  it('are written only with what happened: a transaction that is rolled back tells nothing', async () => {
    await assert.rejects(
      database.knex.transaction(async (trx) => {
        await trx.raw(`select announce('student-group.held', 'sg_x', null, null, null)`);
        throw new Error('rolled back');
      }),
    );
    assert.equal(await postDue(context()), 0);
  });

  it('are not written while the settings name no address', async () => {
    await setSubscribers(database.knex, [], new Date());
    await held();
    assert.deepEqual(await selectEvents(database.knex, ALL, PAGE), []);
  });

  it('are posted again with the same id and body after each failure, later and later, and are given up at last', async () => {
    await held();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      answers.push({ status: 503 });
      assert.equal(await postDue(context()), 1, `attempt ${attempt}`);
      assert.equal(await postDue(context()), 0);
      const [delivery] = await deliveries();
      if (delivery?.nextAt) pauses.push(Math.round((delivery.nextAt.getTime() - now) / 1000));
      now = delivery?.nextAt?.getTime() ?? now;
    }
    assert.deepEqual(pauses, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    assert.equal(new Set(posted.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
    const [{ state, attempts, lastStatus } = { state: '', attempts: 0, lastStatus: 0 }] = await deliveries();
    assert.deepEqual([state, attempts, lastStatus], ['given-up', 10, 503]);
    assert.ok(logged.some((line) => 'event' in line && line.event === 'event-given-up'));
    assert.ok(!JSON.stringify(logged).includes('of-the-receiver'));
  });

  it('wait as long as Retry-After asks, at most 15 minutes', async () => {
    await held();
    for (const [asked, wanted] of [
      ['60', 60],
      ['86400', 900],
    ] as const) {
      await database.knex('outgoing_delivery').update({ attempts: 0, next_at: new Date(now - 1) });
      answers.push({ status: 429, retryAfter: asked });
      await postDue(context());
      const [delivery] = await deliveries();
      assert.equal(Math.round(((delivery?.nextAt?.getTime() ?? 0) - now) / 1000), wanted);
    }
  });

  it('are given up at once when the receiver answers 410, and no redirect is followed', async () => {
    await held();
    answers.push({ status: 302 }, { status: 410 });
    await postDue(context());
    assert.equal((await deliveries())[0]?.state, 'waiting');
    now += 10_000;
    await postDue(context());
    assert.equal((await deliveries())[0]?.state, 'given-up');
    assert.equal(posted.length, 2);
  });

  it('are posted again when the process died during an attempt', async () => {
    await held();
    const killed = { ...context(), subscribers: { post: () => new Promise<never>(() => undefined) } };
    void postDue(killed);
    while ((await deliveries())[0]?.attempts !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await postDue(context()), 0);
    now += 60_001;
    assert.equal(await postDue(context()), 1);
    assert.equal((await deliveries())[0]?.state, 'delivered');
  });

  it('of an address that left the settings are given up, those of a new address begin with what happens then', async () => {
    await held();
    await setSubscribers(database.knex, ['http://127.0.0.1:1/new'], new Date());
    assert.equal(await postDue(context()), 0);
    assert.deepEqual(
      (await deliveries()).map(({ state, lastError }) => [state, lastError]),
      [['given-up', 'the address was removed from the settings']],
    );
  });

  it('are listed without the address of the receiver, and replayed, by the command line', async () => {
    const config = readConfig({ DATABASE_URL: database.url }, ['DATABASE_URL']);
    await held();
    await postDue(context());
    const [event] = await selectEvents(database.knex, { ...ALL, state: 'delivered' }, PAGE);
    assert.ok(event);
    const listed = await told((say) => runEventList(config, { state: 'delivered' }, say));
    assert.match(
      listed.out.join('\n'),
      new RegExp(`${event.id} .*student-group\\.held .*127\\.0\\.0\\.1:\\d+ .*delivered`),
    );
    assert.doesNotMatch(listed.out.join('\n'), /of-the-receiver/);
    const again = await told((say) => runEventReplay(config, event.id, say));
    assert.deepEqual([again.code, again.out.length], [0, 1], again.err.join());
    now += 60_000;
    await postDue(context());
    assert.deepEqual(
      posted.map(({ headers }) => headers['webhook-id']),
      [event.id, event.id],
    );
    const absent = await told((say) => runEventReplay(config, randomUUID(), say));
    assert.match(absent.err.join(), /there is no event .*"gramota event list" prints the ids/);
    const wrong = await told((say) => runEventList(config, { state: 'lost' }, say));
    assert.match(wrong.err.join(), /expected one of waiting, delivered, given-up/);
  });

  it('are forgotten after their time, unless they still wait', async () => {
    await held();
    await held();
    const [one, two] = await selectEvents(database.knex, ALL, PAGE);
    answers.push({ status: 204 }, { status: 503 });
    await postDue(context());
    await forgetEvents(database.knex, new Date(Date.now() + 86_400_000));
    const left = await selectEvents(database.knex, ALL, PAGE);
    assert.equal(left.length, 1);
    assert.equal(left[0]?.deliveries[0]?.state, 'waiting');
    assert.equal(await replayEvent(database.knex, left[0]?.id ?? '', new Date()), 1);
    assert.ok([one?.id, two?.id].includes(left[0]?.id));
  });
});
