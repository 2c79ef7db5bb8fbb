import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tokenContext } from '../../src/commands/token.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { freePort } from '../../src/demo/children.ts';
import { ended, firstMatch, RELEASE, startSandbox, startWorld, until, type World } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
type Item = {
  studentGroupId: string;
  studentId: string;
  state: string;
  certificateId: string | null;
  reason: { code: string } | null;
};

/** As in production: the API and two workers as separate processes; one worker is killed during the run. */
describe('a release from the pull until the lookup', () => {
  let world: World;
  let api: string;
  let token: string;
  let survivor: ChildProcess;
  const children: ChildProcess[] = [];
  const start = async (
    args: string[],
    settings: Record<string, string>,
    ready: RegExp,
  ): Promise<[ChildProcess, string]> => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...world.env, LOG_LEVEL: 'info', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return [child, await firstMatch(child, ready)];
  };
  const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(`${api}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return (await response.json()) as T;
  };

  before(async () => {
    world = await startWorld();
    await world.halt();
    token = (await createToken(tokenContext(world.base.db), { name: 'coordinator', role: 'coordinator' })).token;
    const port = String(await freePort());
    [, api] = await start(['serve'], { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` }, /listening on (http\S+)/);
  });
  after(async () => {
    await Promise.all(children.map((child) => ended(child, 'SIGKILL')));
    await world.close();
  });

  it('sends every certificate once, although a worker is killed during the run', async () => {
    await world.sendsay.control('faults', { faults: [{ match: { action: 'issue.send' }, kind: 'slow', ms: 250 }] });
    const [first] = await start(['work'], {}, /worker ready/);
    [survivor] = await start(['work'], {}, /worker ready/);
    const { id } = await call<{ id: string }>('/api/batches', {
      method: 'POST',
      body: JSON.stringify({ releaseId: RELEASE }),
    });
    await until('some letters', async () => (await world.letters()).length >= 8);
    await ended(first, 'SIGKILL');

    const open = ['pending', 'awarded', 'patched', 'rendered', 'sending', 'accepted', 'uncertain'];
    const items = await until('everything to settle', async () => {
      const all = (await call<{ items: Item[] }>(`/api/batches/${id}/items?limit=200`)).items;
      const due = new Set<string>(
        await world.base
          .db('personal_issue')
          .where({ state: 'waiting' })
          .where('send_after', '<', new Date(Date.now() + 60_000))
          .pluck('certificate_id'),
      );
      return all.length === 61 && !all.some((item) => open.includes(item.state) || due.has(item.certificateId ?? ''))
        ? all
        : null;
    });
    const byCertificate = new Map<string, number>();
    for (const letter of await world.letters())
      byCertificate.set(letter.customerId, (byCertificate.get(letter.customerId) ?? 0) + 1);
    const sent = items.filter((item) => item.state === 'sent');
    assert.ok(sent.length >= 35, `only ${sent.length} sent`);
    assert.deepEqual(
      [...byCertificate.values()].filter((n) => n !== 1),
      [],
      'a letter went out twice',
    );
    assert.deepEqual(
      new Set(sent.map((item) => item.certificateId)),
      new Set(byCertificate.keys()),
      'sent and mailed are the same',
    );

    const applied = (await world.patches()).filter((patch) => patch.status === 200);
    const certificates = items.filter((item) => item.certificateId !== null && item.reason?.code !== 'already-awarded');
    assert.equal(new Set(applied.map((patch) => patch.studentGroupId)).size, applied.length, 'one PATCH each');
    assert.equal(applied.length, certificates.length);
    for (const patch of applied) assert.deepEqual(Object.keys(patch.body as object).sort(), ['certTemplate', 'status']);
  });

  it('gives one certificate to a teacher in two groups, and the second group refers to that certificate', async () => {
    const twice: { student_id: string }[] = await world.base
      .db('student_group')
      .groupBy('student_id')
      .havingRaw('count(*) > 1')
      .select('student_id');
    assert.equal(twice.length, 1);
    const rows = await world.base
      .db('standing as s')
      .join('student_group as g', 'g.id', 's.student_group_id')
      .where('g.student_id', twice[0]?.student_id)
      .select('s.state', 's.reason_code', 's.certificate_id');
    assert.deepEqual(rows.map((row) => row.state).sort(), ['excluded', 'sent']);
    assert.equal(rows.find((row) => row.state === 'excluded')?.reason_code, 'already-awarded');
  });

  it('shows the issued data to a person with the code: as page, as JSON and as exactly the mailed file', async () => {
    const certificate = await world.base
      .db('certificate as c')
      .join('personal_issue as i', 'i.certificate_id', 'c.id')
      .where('i.state', 'sent')
      .first('c.*');
    const found = (await (
      await fetch(`${api}/c/${certificate.code}`, { headers: { accept: 'application/json' } })
    ).json()) as { status: string; sha256: string; number: string; links: { pdf: string } };
    assert.equal(found.status, 'valid');
    assert.equal(found.number, certificate.number);
    const pdf = Buffer.from(await (await fetch(found.links.pdf)).arrayBuffer());
    const sha256 = createHash('sha256').update(pdf).digest('hex');
    assert.equal(sha256, found.sha256);
    const letter = (await world.letters()).find((candidate) => candidate.customerId === certificate.id);
    assert.equal(letter?.attachments[0]?.sha256, sha256);
    const page = await fetch(`${api}/c/${certificate.code}`, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), new RegExp(certificate.number));
  });

  it('needs only one webhook to run all steps for a teacher', async () => {
    const lms = await startSandbox(['lms', '--size', '3', '--webhook-url', `${api}/webhooks/lms`], {
      LMS_WEBHOOK_SECRET: world.env['LMS_WEBHOOK_SECRET'] ?? '',
    });
    try {
      const fresh = {
        ...(await world.base.db('student_group').where({ id: 'sg_0002' }).first('snapshot')).snapshot,
        id: 'sg_new',
      };
      Object.assign(fresh, { status: 'completed', certTemplate: null });
      Object.assign(fresh.student, { id: 'st_new', email: 'new.teacher@mail.example' });
      await world.lms.control('student-groups', fresh);
      const told = await lms.control<{ status: number }>('webhooks', {
        type: 'student-group.completed',
        studentGroupId: 'sg_new',
        id: 'msg_once',
      });
      assert.equal(told.status, 202);
      const repeated = await lms.control<{ status: number }>('webhooks', {
        type: 'student-group.completed',
        studentGroupId: 'sg_new',
        id: 'msg_once',
      });
      assert.equal(repeated.status, 202);
      await world.reaches('sg_new', 'sent');
      const { certificateId } = await world.standing('sg_new');
      assert.equal((await world.letters()).filter((letter) => letter.customerId === certificateId).length, 1);
      assert.equal(
        await world.base
          .db('lms_event')
          .where({ id: 'msg_once' })
          .count('* as n')
          .first()
          .then((row) => Number(row?.['n'])),
        1,
      );
    } finally {
      await lms.stop();
    }
  });

  it('is processed by a worker that stops by itself at SIGTERM', async () => {
    await ended(survivor, 'SIGTERM');
    assert.equal(survivor.exitCode, 0);
  });
});
