import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mailProvider } from '../../src/compose/open-mail.ts';
import { resendCertificate } from '../../src/coordinate/certificate-verbs.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeDelivery } from '../../src/pipeline/track/ask-deliveries.ts';
import { type Deliveries, MailUnavailable } from '../../src/ports/mail.ts';
import { act, BY, certificateOf, lettersOf, personCtx, settled } from '../support/coordinator.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

const SECRET = 'fictional-callback-secret';
/** Uses invented field names of the stand-in provider; the next regular query is far in the future. */
const DECLARED = `
delivery:
  select: { letter: deliv.letter.id, issue: deliv.issue.id, status: deliv.status, at: deliv.dt, detail: deliv.error }
  delivered: [taken]
  hardBounce: [no-mailbox]
  softBounce: [given-up]
  underWay: [trying]
  askAfter: PT1H
`;
const HOUR = 3_600_000;

describe('delivery results of sent letters', () => {
  let world: World;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  let ready: string[];
  before(async () => {
    const settings = { SENDSAY_CALLBACK_SECRET: SECRET };
    world = await startWorld({ settings, templates: { 'sendsay.yaml': () => DECLARED } });
    app = await serveWorld(world);
    await world.run();
    ready = await world.mailable();
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const addressOf = async (id: string): Promise<string> =>
    (await world.base.db('student_group').where({ id }).first('email'))?.email;
  const asked = async (): Promise<number> =>
    (await world.sendsay.control<{ byAction: Record<string, number> }>('record')).byAction['stat.uni'] ?? 0;
  const letterOf = async (id: string) =>
    world.base
      .db('personal_issue as i')
      .join('certificate as c', 'c.id', 'i.certificate_id')
      .where('c.student_group_id', id)
      .orderBy('i.created_at', 'desc')
      .first('i.*');
  const correct = async (id: string, email: string): Promise<void> => {
    const { student } = (await world.base.db('student_group').where({ id }).first('snapshot')).snapshot;
    await world.lms.control(`student-groups/${id}?quiet=1`, { student: { ...student, email } });
  };

  /** Sends letters with these delivery results, and waits until the receiving servers have decided. */
  async function sent(...deliveries: string[]): Promise<string[]> {
    const ids = deliveries.map(() => ready.shift() ?? assert.fail('the sample has too few ready student groups'));
    for (const [n, id] of ids.entries())
      await world.sendsay.control('addresses', { email: await addressOf(id), delivery: deliveries[n] });
    await world.batch({ ids });
    for (const id of ids) await world.reaches(id, 'sent');
    await sleep(700);
    return ids;
  }
  const states = async (ids: string[]) => Promise.all(ids.map(async (id) => (await world.standing(id)).state));

  /** The stage context, a number of hours later; it records log lines and enqueued jobs. */
  function later(hours: number, mail: Partial<PipelineContext['mail']> = {}) {
    const said: { fields: Record<string, unknown>; text: string }[] = [];
    const enqueued: { queue: string; startAfter: Date | undefined; key: string | undefined }[] = [];
    const note = (fields: object, text?: string) => void said.push({ fields: { ...fields }, text: text ?? '' });
    const clock = { ...world.pipeline.clock, now: () => new Date(Date.now() + hours * HOUR) };
    const ctx: PipelineContext = {
      ...world.pipeline,
      clock,
      mail: { ...world.pipeline.mail, ...mail },
      log: { debug: note, info: note, warn: note, error: note } as PipelineContext['log'],
      enqueue: async (_trx, queue, jobs, options) => {
        enqueued.push({ queue, startAfter: options?.startAfter, key: options?.singletonKey });
        return jobs.length;
      },
    };
    return { ctx, said, enqueued, ask: (hastened = false) => makeDelivery(ctx)({ hastened }) };
  }
  const listing = (list: Deliveries['list']): { deliveries: Deliveries } => {
    const real = world.pipeline.mail.deliveries ?? assert.fail('sendsay.yaml was not read');
    return { deliveries: { ...real, list } };
  };

  it('are "delivered", "hard-bounced" or "soft-bounced"; queued letters and letters with an undefined status stay "sent"', async () => {
    // The provider states whole seconds.
    const earliest = Math.floor(Date.now() / 1000) * 1000;
    const ids = await sent('delivered', 'hard-bounce', 'soft-bounce', 'queued', 'silent', 'odd');
    assert.deepEqual(
      await states(ids),
      ids.map(() => 'sent'),
      'nobody asks before the time',
    );
    const { ask, said } = later(2);
    const latest = Date.now();
    await ask();
    assert.deepEqual(await states(ids), ['delivered', 'bounced', 'bounced', 'sent', 'sent', 'sent']);
    const [delivered, hard, soft] = await Promise.all(ids.map(letterOf));
    assert.equal(delivered.reason_code, null);
    // The result has the time that the provider states, not the time of the query.
    for (const at of [delivered.delivered_at, hard.bounced_at])
      assert.ok(at.getTime() >= earliest && at.getTime() <= latest, String(at));
    assert.deepEqual([hard.reason_code, soft.reason_code], ['hard-bounce', 'soft-bounce']);
    assert.match(hard.reason_detail, /permanently \(5\.1\.1\)/);
    assert.match(soft.reason_detail, /\(4\.2\.2\)/);
    const unknown = said.find(({ fields }) => fields['event'] === 'delivery-status-unknown');
    assert.deepEqual(unknown?.fields['statuses'], { 'sandbox-surprise': 1 });
    for (const words of [hard.reason_detail, soft.reason_detail, JSON.stringify(said)])
      assert.ok(!words.includes('@'), words);
  });

  it('never change once they are stored, whatever Sendsay reports later', async () => {
    const [delivered = '', bounced = ''] = await sent('delivered', 'hard-bounce');
    await later(2).ask();
    const rows = () => Promise.all([delivered, bounced].map(letterOf));
    const before = await rows();
    await world.sendsay.control('addresses', { email: await addressOf(delivered), delivery: 'hard-bounce' });
    await world.sendsay.control('addresses', { email: await addressOf(bounced), delivery: 'delivered' });
    await later(90).ask();
    assert.deepEqual(await rows(), before);
    assert.deepEqual(
      before.map(({ state }) => state),
      ['delivered', 'bounced'],
    );
  });

  it('that are hard bounces prevent another letter to that address until the LMS has another address', async () => {
    const [id = ''] = await sent('hard-bounce');
    await later(2).ask();
    const certificate = await certificateOf(world, id);
    const dead = await addressOf(id);
    await assert.rejects(
      resendCertificate(personCtx(world), certificate, BY),
      /hard-bounce: .*correct the address in the LMS/,
    );
    const batch = await world.batch({ ids: [id] });
    await settled(world, batch);
    await act(world, batch, 'retry');
    await settled(world, batch);
    assert.deepEqual([(await world.standing(id)).state, (await lettersOf(world, id)).length], ['bounced', 1]);

    await correct(id, `corrected-${dead}`);
    await act(world, batch, 'retry');
    await world.reaches(id, 'sent');
    assert.deepEqual(
      (await lettersOf(world, id)).map(({ email }) => email),
      [dead, `corrected-${dead}`],
    );
    await sleep(700);
    await later(2).ask();
    assert.equal((await world.standing(id)).state, 'delivered');
  });

  it('that are bounces let resend use the corrected address; it is refused with the reason when the LMS has the bounced address again', async () => {
    const [id = ''] = await sent('hard-bounce');
    await later(2).ask();
    const dead = await addressOf(id);
    await correct(id, `right-${dead}`);
    await resendCertificate(personCtx(world), await certificateOf(world, id), BY);
    await world.reaches(id, 'sent');
    assert.equal((await letterOf(id)).recipient, `right-${dead}`);
    await correct(id, dead);
    await assert.rejects(resendCertificate(personCtx(world), await certificateOf(world, id), BY), /hard-bounce/);
  });

  it('are taken only from statistics rows that name the same letter and the same issue', async () => {
    const [id = ''] = await sent('silent');
    const { letter, provider_issue_id: issueId } = await letterOf(id);
    const row = { at: null, code: null, outcome: 'delivered' as const, status: 'taken' };
    const foreign = [
      { ...row, letter, issueId: `${issueId}1` },
      { ...row, letter: `${letter}1`, issueId },
      { ...row, letter: `0${letter}`, issueId },
      { ...row, letter: issueId, issueId: letter },
    ];
    const list: Deliveries['list'] = async () => ({ reports: foreign, unreadable: 2, lastPage: true });
    const { ask, said } = later(2, listing(list));
    await ask();
    assert.equal((await world.standing(id)).state, 'sent');
    const odd = said.find(({ fields }) => fields['event'] === 'delivery-rows-unusable');
    assert.deepEqual([odd?.fields['unreadable'], odd?.fields['otherIssues']], [2, 2]);
  });

  it('are read from all pages of any size; repeated and unordered rows count once', async () => {
    const ids = await sent('delivered', 'hard-bounce', 'delivered', 'delivered', 'delivered');
    let pages = 0;
    const list: Deliveries['list'] = async (page) => {
      pages += 1;
      const answer = await world.pipeline.mail.deliveries?.list({ ...page, first: 3 });
      assert.ok(answer);
      return { ...answer, reports: answer.reports.reverse() };
    };
    await later(3, listing(list)).ask();
    assert.deepEqual(await states(ids), ['delivered', 'bounced', 'delivered', 'delivered', 'delivered']);
    assert.ok(pages > 4, `${pages} pages`);
    const repeats = await world.pipeline.mail.deliveries?.list({ issueId: '9001', first: 1000, skip: 0 });
    const letters = repeats?.reports.map(({ letter }) => letter) ?? [];
    assert.ok(letters.length > new Set(letters).size, 'the provider did repeat itself');
  });

  it('do not cause an endless loop when Sendsay repeats the same page', async () => {
    const [id = ''] = await sent('delivered');
    const { letter, provider_issue_id: issueId } = await letterOf(id);
    const told = { letter, issueId, outcome: 'delivered' as const, at: null, code: null, status: 'taken' };
    let pages = 0;
    const list: Deliveries['list'] = async () => {
      pages += 1;
      return { reports: Array.from({ length: 50 }, () => told), unreadable: 0, lastPage: false };
    };
    await later(2, listing(list)).ask();
    assert.deepEqual([await states([id]), pages], [['delivered'], 4]);
  });

  it('of earlier pages are kept when Sendsay becomes unreachable, and the query is made again', async () => {
    const [first = '', second = ''] = await sent('delivered', 'delivered');
    const { letter, provider_issue_id: issueId } = await letterOf(first);
    const told = { letter, issueId, outcome: 'delivered' as const, at: null, code: null, status: 'taken' };
    let pages = 0;
    const list: Deliveries['list'] = async () => {
      pages += 1;
      if (pages > 1) throw new MailUnavailable('Sendsay stat.uni: HTTP 503');
      return { reports: [told], unreadable: 0, lastPage: false };
    };
    const { ask, said } = later(2, listing(list));
    await ask();
    assert.deepEqual(await states([first, second]), ['delivered', 'sent']);
    assert.ok(said.some(({ fields }) => fields['event'] === 'deliveries-unavailable'));
    await later(2).ask();
    assert.deepEqual(await states([first, second]), ['delivered', 'delivered']);
  });

  it('are queried more and more rarely as a letter becomes older, and finally not at all', async () => {
    await world.base.db('personal_issue').where({ state: 'sent' }).update({ provider_issue_id: null });
    await sent('silent');
    const questions: number[] = [];
    const real = world.pipeline.mail.deliveries ?? assert.fail('sendsay.yaml was not read');
    for (let hours = 0.5; hours < 110; hours += 0.5) {
      const list: Deliveries['list'] = (page) => {
        if (questions.at(-1) !== hours) questions.push(hours);
        return real.list(page);
      };
      await later(hours, listing(list)).ask();
    }
    assert.deepEqual(questions.slice(0, 4), [1, 2, 3, 4]);
    const gaps = questions.slice(1).map((hours, n) => hours - (questions[n] ?? 0));
    for (const [n, gap] of gaps.entries()) {
      assert.ok(gap >= (gaps[n - 1] ?? 0) - 0.5 && gap <= 6.5, questions.join());
    }
    assert.ok(questions.length < 30, questions.join());
    const last = questions.at(-1) ?? 0;
    assert.ok(last > 88 && last <= 96, `last asked after ${last} hours`);
  });

  it('that are due soon get a query job at once; the periodic upkeep job enqueues later queries', async () => {
    await sent('silent');
    const near = later(0.95);
    await near.ask();
    assert.deepEqual(
      near.enqueued.map(({ queue, key }) => [queue, key]),
      [['delivery', 'next']],
    );
    const far = later(0.1);
    await far.ask();
    assert.deepEqual(far.enqueued, []);
  });

  it('are queried earlier after a callback; a second callback soon afterwards causes a later query', async () => {
    await world.base.db('personal_issue').where({ state: 'sent' }).update({ provider_issue_id: null });
    const [id = '', other = ''] = await sent('delivered', 'queued');
    const { letter } = await letterOf(other);
    const before = await asked();
    const event = { events: [{ event: 'deliv', letter, status: 'taken' }, { event: 'deliv' }] };
    const callback = await fetch(`${app.url}/webhooks/sendsay/${SECRET}`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    assert.equal(callback.status, 202);
    await world.reaches(id, 'delivered');
    assert.equal((await world.standing(other)).state, 'sent');
    const once = await asked();
    assert.ok(once > before);
    const { ask, enqueued } = later(0);
    await ask(true);
    assert.equal(await asked(), once, 'not within a minute');
    assert.deepEqual(
      enqueued.map(({ key }) => key),
      ['hastened'],
    );
  });

  it('are not queried when sendsay.yaml has no "delivery", or while Sendsay refuses the credentials', async () => {
    const before = await asked();
    await later(2, { deliveries: null }).ask(true);
    await later(2, { pausedUntil: () => new Date() }).ask(true);
    assert.equal(await asked(), before);
  });

  it('of an account with other fields and values need only another sendsay.yaml', async () => {
    const [arrived = '', dead = ''] = await sent('delivered', 'hard-bounce');
    const dir = await mkdtemp(join(tmpdir(), 'gramota-test-'));
    await world.sendsay.control('statistics', {
      fields: { letter: 'msg.no', issue: 'msg.campaign', status: 'msg.code', at: 'msg.when' },
      statuses: { delivered: 200, 'hard-bounce': 550, queued: '' },
    });
    try {
      await writeFile(
        join(dir, 'sendsay.yaml'),
        'delivery:\n  select: { letter: msg.no, issue: msg.campaign, status: msg.code }\n  delivered: [200]\n  hardBounce: ["550"]\n',
      );
      const mail = await mailProvider({ ...world.config, TEMPLATES_DIR: dir }).open(world.base.db, world.base.clock);
      await later(2).ask();
      assert.deepEqual(await states([arrived, dead]), ['sent', 'sent'], 'the old file no longer fits the account');
      await later(4, mail).ask();
      assert.deepEqual(await states([arrived, dead]), ['delivered', 'bounced']);
      assert.equal((await letterOf(arrived)).delivered_at, null, 'no time was declared');
    } finally {
      await world.sendsay.control('statistics', {});
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('are states of certificates: they can be counted and searched, and they finish the batch', async () => {
    await until('the stages to rest', async () => true);
    const row = await world.base.db('standing').where({ state: 'delivered' }).first();
    assert.ok(row.since);
    const page = await fetch(`${app.url}/metrics`);
    assert.match(await page.text(), /gramota_student_groups\{state="delivered"\} [1-9]/);
  });
});
