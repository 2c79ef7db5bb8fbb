import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

const SECRET = 'fictional-callback-secret';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The regular tracking job is far in the future, so results come from callbacks or from tracking step by step. */
describe('outcomes of letters that Sendsay has accepted', () => {
  let world: World;
  let ctx: PipelineContext;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  let ready: string[];
  before(async () => {
    world = await startWorld({ settings: { SENDSAY_POLL_SECONDS: '600', SENDSAY_CALLBACK_SECRET: SECRET } });
    ctx = world.pipeline;
    app = await serveWorld(world);
    await world.run();
    ready = await world.mailable();
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const next = (): string => ready.shift() ?? assert.fail('the sample has too few ready student groups');
  const callback = async (body: string | Buffer): Promise<number> =>
    (await fetch(`${app.url}/webhooks/sendsay/${SECRET}`, { method: 'POST', body })).status;
  const asked = async (action: string): Promise<number> =>
    (await world.sendsay.control<{ byAction: Record<string, number> }>('record')).byAction[action] ?? 0;
  const withMail = (mail: Partial<Mail>): PipelineContext => ({ ...ctx, mail: { ...ctx.mail, ...mail } });
  const letterOf = async (id: string): Promise<{ id: string; track_id: string }> =>
    world.base
      .db('personal_issue as i')
      .join('certificate as c', 'c.id', 'i.certificate_id')
      .where('c.student_group_id', id)
      .first('i.id', 'i.track_id');
  const tracker = (email: string, outcome: string) => ({
    match: { action: 'issue.send', email },
    kind: 'tracker',
    outcome,
  });
  const addressOf = async (id: string): Promise<string> =>
    (await world.base.db('student_group').where({ id }).first('email'))?.email;

  /** Sends letters with these outcomes at the provider, and waits until the provider has finished. */
  async function accepted(...outcomes: string[]): Promise<string[]> {
    const ids = outcomes.map(next);
    const faults = await Promise.all(ids.map(async (id, n) => tracker(await addressOf(id), outcomes[n] ?? '')));
    await world.sendsay.control('faults', { faults });
    await world.batch({ ids });
    for (const id of ids) await world.reaches(id, 'accepted');
    await pause(1200);
    return ids;
  }

  it('stay open when deferred, in moderation or paused; failed, cancelled, erroneous and skipped letters are refused with a reason', async () => {
    const goOn = ['deferred', 'moderation', 'paused', 'never'];
    const end = {
      'moderation-failed': 'moderation',
      cancelled: 'provider-cancelled',
      error: 'provider-error',
      skipped: 'skipped',
    };
    const before = await asked('track.get');
    const ids = await accepted(...goOn, ...Object.keys(end), 'sent');
    await makeTrack(ctx)({});
    const standings = await Promise.all(ids.map((id) => world.standing(id)));
    assert.deepEqual(
      standings.map(({ state, reason }) => (state === 'refused' ? reason?.code : state)),
      [...goOn.map(() => 'accepted'), ...Object.values(end), 'sent'],
    );
    assert.equal(
      (await asked('track.get')) - before,
      Object.keys(end).length,
      'each refusal is confirmed, nothing else asked',
    );
    for (const { state, reason } of standings)
      if (state === 'refused') assert.match(reason?.detail ?? '', /[Tt]he provider/);
  });

  it('are queried by track.get when the list has no letter number', async () => {
    const [sent = '', skipped = ''] = await accepted('sent', 'skipped');
    const blind: Partial<Mail> = {
      async listTrackers(page) {
        const answer = await ctx.mail.listTrackers(page);
        const outcome = { kind: 'refused', code: 'skipped', detail: 'no letter', recipient: true } as const;
        return { ...answer, trackers: answer.trackers.map((each) => ({ ...each, outcome })) };
      },
    };
    await makeTrack(withMail({ ...blind, getTracker: ctx.mail.getTracker }))({});
    assert.equal((await world.standing(sent)).state, 'sent');
    assert.equal((await world.standing(skipped)).state, 'refused');
  });

  it('stay open instead of refused while track.get fails', async () => {
    const [id = ''] = await accepted('skipped');
    await world.sendsay.control('faults', {
      faults: [{ match: { action: 'track.get' }, kind: 'status', status: 500 }],
    });
    await makeTrack(ctx)({});
    assert.equal((await world.standing(id)).state, 'accepted');
    await world.sendsay.control('faults', { faults: [] });
    await makeTrack(ctx)({});
    assert.equal((await world.standing(id)).state, 'refused');
  });

  it('do not change by later tracking once a letter is refused or sent', async () => {
    const rows = () =>
      world.base
        .db('personal_issue')
        .whereIn('state', ['sent', 'refused'])
        .orderBy('id')
        .select('id', 'state', 'changed_at');
    const before = await rows();
    await makeTrack(ctx)({});
    await makeTrack(ctx)({});
    assert.deepEqual(await rows(), before);
  });

  it('come from calls whose rate-limit slot is leased for longer than a call may take', async () => {
    const id = next();
    await world.sendsay.control('faults', { faults: [{ match: { action: 'issue.send' }, kind: 'slow', ms: 1200 }] });
    await world.batch({ ids: [id] });
    const left = await until('the call to be under way', async () => {
      const row = await world.base
        .db('gate_slot')
        .where({ slot_group: 'changing' })
        .whereNotNull('holder')
        .first(world.base.db.raw('extract(epoch from leased_until - clock_timestamp())::float8 as seconds'));
      const attempt = await world.base
        .db('send_attempt')
        .whereNull('outcome')
        .first(world.base.db.raw('extract(epoch from deadline - clock_timestamp())::float8 as seconds'));
      return row && attempt ? { lease: row.seconds, deadline: attempt.seconds } : null;
    });
    await world.reaches(id, 'accepted');
    assert.ok(left.deadline <= world.config.SENDSAY_TIMEOUT_SECONDS);
    assert.ok(left.lease > left.deadline + 5, `${left.lease} s of lease, ${left.deadline} s of deadline`);
  });

  it('are queried more and more rarely as the letters become older', async () => {
    const waits: number[] = [];
    const enqueue: PipelineContext['enqueue'] = async (_trx, queue, jobs, options) => {
      if (queue === 'track') waits.push(Math.round(((options?.startAfter?.getTime() ?? 0) - Date.now()) / 1000));
      return jobs.length;
    };
    for (const age of [1, 60, 600, 3600, 20 * 3600]) {
      const at = new Date(Date.now() - age * 1000);
      await world.base.db('send_attempt').update({ started_at: at, deadline: at });
      await makeTrack({ ...ctx, enqueue, pollSeconds: 30 })({});
    }
    assert.deepEqual(waits, [30, 30, 150, 300, 300]);
  });
  /** Waits until no tracking job runs or is due within a minute; the regular one is ten minutes away. */
  const sweepsDone = () =>
    until('the sweeps to end', async () => {
      const near = world.base.db.raw(`now() + interval '1 minute'`);
      const jobs = world.base.db('pgboss.job').where({ name: 'track' }).where('state', '<', 'completed');
      return (await jobs.where('start_after', '<', near).first('id')) === undefined;
    });

  it('are known long before the next tracking job when a callback arrives', async () => {
    const [id = ''] = await accepted('sent');
    const before = await asked('track.list');
    assert.equal((await world.standing(id)).state, 'accepted');
    const { track_id } = await letterOf(id);
    assert.equal(
      await callback(JSON.stringify({ events: [{ event: 'track', 'track.id': track_id, status: -1 }] })),
      202,
    );
    await world.reaches(id, 'sent');
    assert.equal(await asked('track.list'), before + 1);
  });

  it('are not changed by the contents of a callback, which is not trusted', async () => {
    const [id = ''] = await accepted('never');
    const { track_id, id: info } = await letterOf(id);
    const before = await asked('track.list');
    const lies = { event: 'track', 'track.id': track_id, 'track.info': info, status: -1, letter: '77', error: 'x' };
    assert.equal(await callback(`${JSON.stringify(lies)}${JSON.stringify({ ...lies, status: -2 })}`), 202);
    await until('a sweep', async () => (await asked('track.list')) > before);
    await sweepsDone();
    assert.equal((await world.standing(id)).state, 'accepted');
  });

  it('are queried once after repeated, bundled and unordered callbacks', async () => {
    const before = await asked('track.list');
    const event = (n: number) => ({ event: n % 3 === 0 ? 'deliv' : 'track', 'track.id': n, 'customer.id': `c${n}` });
    const begun = performance.now();
    for (let n = 200; n > 0; n -= 1) {
      const bundle = [event(n), event(n), event(n - 1)];
      const list = JSON.stringify({ events: bundle });
      assert.equal(await callback(n % 2 === 0 ? list : bundle.map((each) => JSON.stringify(each)).join('\n')), 202);
    }
    const seconds = (performance.now() - begun) / 1000;
    await sweepsDone();
    const questions = (await asked('track.list')) - before;
    assert.ok(questions >= 1 && questions <= 2 + seconds, `${questions} listings after ${seconds.toFixed(1)} s`);
  });

  it('are not changed by hostile callbacks, and the process continues', async () => {
    const deep = '['.repeat(1_900_000);
    const bodies: [string, string | Buffer, number[]][] = [
      ['deep JSON', `{"events":${deep}${']'.repeat(1_900_000)}}`, [400]],
      ['unclosed deep JSON', deep, [400]],
      ['deep objects', `${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`, [400]],
      ['4 MB of one text', `{"a":"${'x'.repeat(4 * 1024 * 1024 - 8)}"}`, [202]],
      ['more than 4 MB', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20), [413]],
      ['4 MB of events', `{"events":[${'{},'.repeat(1_300_000)}{}]}`, [400]],
      ['4 MB of keys', `{${Array.from({ length: 300_000 }, (_, n) => `"k${n}":1`).join()}}`, [400]],
      [
        'invalid UTF-8',
        Buffer.concat([Buffer.from('{"track.id":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]),
        [202, 400],
      ],
      ['a prototype', '{"__proto__":{"track.id":1},"constructor":{"prototype":{}}}', [202]],
      ['text', 'status=-1&track.id=5', [400]],
      ['nothing', '', [400]],
    ];
    for (const [name, body, statuses] of bodies) {
      const begun = process.cpuUsage();
      const status = await callback(body);
      const { user, system } = process.cpuUsage(begun);
      assert.ok(statuses.includes(status), `${name}: ${status}`);
      // A limit in milliseconds: a linear algorithm needs far less, a quadratic one needs minutes.
      assert.ok(user + system < 20e6, `${name} took ${(user + system) / 1e6} s of the processor`);
    }
    assert.equal(
      (await fetch(`${app.url}/webhooks/sendsay/another-secret-segment`, { method: 'POST', body: '{}' })).status,
      404,
    );
    assert.equal((await fetch(`${app.url}/healthz`)).status, 200);
  });
});
