import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDelivery } from '../../src/pipeline/track/ask-deliveries.ts';
import { gramota, start, stopped } from '../commands/command-line.ts';
import { tokenFor } from '../http/harness.ts';
import { dumpOf, findStored } from '../support/stored-texts.ts';
import { firstMatch, RELEASE, startWorld, until, type World } from '../support/world.ts';

/** Who is erased, fictional: no text is part of anything else. */
const STUDENT = 'st_canary_7431';
const PERSON = {
  id: STUDENT,
  fullName: 'Гнездилла Канареечникова',
  latinName: 'Gnezdilla Kanareechnikova',
  email: 'kanarka.7431@nest.example',
  phone: '+77017431743',
};
const PROJECT = {
  title: 'Песни над гнездом 7431',
  url: 'https://nest.example/7431',
  grade: 'excellent',
  accepted: true,
};
/** What coordinators wrote of her. */
const CORRECTED = {
  fullName: 'Гнездилла Желтопёрова',
  latinName: 'Gnezdilla Zheltoperova',
  email: 'zheltok.7431@nest.example',
};
const UNKNOWN_EMAIL = 'kletka.7431@nest.example';
const CANARIES = [
  STUDENT,
  'Гнездилл',
  'Канареечников',
  'Желтопёров',
  'Gnezdilla',
  'Kanareechnikova',
  'Zheltoperova',
  'kanarka.7431',
  'zheltok.7431',
  'kletka.7431',
  'nest.example',
  '7017431743',
  'Песни над гнездом',
];
const GROUP = 'sg_canary';
/** Gets a copy of each of her letters. */
const ARCHIVE = 'archive@school.example';
const DELIVERY = `
delivery:
  select: { letter: deliv.letter.id, issue: deliv.issue.id, status: deliv.status, at: deliv.dt, detail: deliv.error }
  delivered: [taken]
  hardBounce: [no-mailbox]
  softBounce: [given-up]
  underWay: [trying]
  askAfter: PT1S
`;

/**
 * A teacher goes through everything that the product does, with real processes and all log lines; then she is erased. The
 * tests build on each other.
 */
describe('a teacher who asks to be erased', () => {
  let world: World;
  let url: string;
  let admin: string;
  let coordinator: string;
  let certificate: { id: string; code: string; number: string; issueDate: string };
  const children: ChildProcess[] = [];
  let log = '';

  before(async () => {
    const criteria = (text: string) => text.replace('letter: diploma', `letter: diploma\n    copyTo: [${ARCHIVE}]`);
    world = await startWorld({ size: 4, templates: { 'sendsay.yaml': () => DELIVERY, 'criteria.yaml': criteria } });
    await world.halt();
    const { db } = world.base;
    admin = (await tokenFor(db, 'admin')).header;
    coordinator = (await tokenFor(db, 'coordinator')).header;
    const env = { ...world.env, LOG_LEVEL: 'trace', LOG_FORMAT: 'json' };
    for (const verb of ['serve', 'work']) {
      const child = start([verb], env);
      child.stderr?.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      children.push(child);
    }
    const [server, worker] = children as [ChildProcess, ChildProcess];
    const ready = firstMatch(worker, /worker ready/);
    url = await firstMatch(server, /listening on (http\S+)/);
    await ready;
  });
  after(async () => {
    await Promise.all(children.map(stopped));
    await world.close();
  });

  async function ask<T = Record<string, never>>(
    path: string,
    body?: object | FormData,
    method?: string,
  ): Promise<{ status: number; body: T }> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${url}/api/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: path.startsWith('people/') ? admin : coordinator,
        ...(isForm || !body ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }
  async function done<T>(path: string, body?: object | FormData, method?: string): Promise<T> {
    const answer = await ask<T>(path, body, method);
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const newest = () =>
    world.base.db('teacher_letter').where({ certificate_id: certificate.id }).orderBy('created_at', 'desc').first();
  const letterIs = (state: string) => until(`the letter to be ${state}`, async () => (await newest())?.state === state);
  const storedFiles = async () => (await world.base.db('artefact').pluck('sha256')).length;
  const standing = () => world.standing(GROUP);

  it('is first known everywhere', async () => {
    const { db } = world.base;
    const sample = await world.pipeline.lms.pullOne('sg_0002');
    assert.ok(sample?.ok);
    const { studentGroup } = sample;
    const record = { ...studentGroup, id: GROUP, student: { ...studentGroup.student, ...PERSON }, project: PROJECT };
    await world.sendsay.control('addresses', { email: PERSON.email, delivery: 'hard-bounce' });
    await world.lms.control('student-groups?quiet=1', record);

    const batch = await done<{ id: string }>('batches', {
      studentGroupIds: [GROUP],
      note: 'Для Канареечниковой: Гнездилла звонила',
    });
    certificate = await until('a certificate', async () => {
      const row = await db('certificate').where({ student_group_id: GROUP }).first();
      return row && { id: row.id, code: row.code, number: row.number, issueDate: row.issue_date };
    });
    await letterIs('sent');
    await until('the letter to come back', async () => {
      await makeDelivery({ ...world.pipeline, enqueue: async () => 0 })({});
      return (await newest())?.state === 'bounced';
    });
    await until(
      'the batch to finish',
      async () => (await done<{ state: string }>(`batches/${batch.id}`)).state === 'finished',
    );

    const form = new FormData();
    form.set('form', 'cis-registration');
    const heads = 'Электронная почта,ID студента,ФИО,Имя и фамилия латиницей,Страна';
    const lines = [
      `${PERSON.email},${STUDENT},${PERSON.fullName},${PERSON.latinName},`,
      `${UNKNOWN_EMAIL},,${PERSON.fullName},,`,
    ];
    form.set('file', new Blob([[heads, ...lines].join('\n')]), 'form.csv');
    await done('imports', form);

    await done(
      `student-groups/${GROUP}`,
      { ...CORRECTED, reason: `${CORRECTED.fullName} просила так, ${CORRECTED.email}` },
      'PATCH',
    );
    await done(`certificates/${certificate.id}/reissue`, { reason: 'Теперь Желтопёрова' });
    await until('the second version', async () => (await newest())?.version === 2);
    await letterIs('sent');
    const bulk = await done<{ id: string }>('acts/bulk', {
      verb: 'resend',
      selection: { ids: [certificate.id] },
      reason: 'Письмо для Zheltoperova ещё раз',
    });
    await until('the bulk act', async () => {
      const { counts } = await done<{ counts: { pending: number } }>(`acts/bulk/${bulk.id}`);
      return counts?.pending === 0;
    });
    for (const q of [PERSON.fullName, CORRECTED.latinName, PERSON.email, STUDENT]) {
      await done(`student-groups?q=${encodeURIComponent(q)}`);
      await done(`certificates?q=${encodeURIComponent(q)}`);
    }
    const surname = encodeURIComponent('Желтопёрова');
    assert.equal(
      (await fetch(`${url}/certificates/lookup?number=${certificate.number}&surname=${surname}`)).status,
      200,
    );
    await fetch(`${url}/console/people?q=${surname}`);
    assert.equal((await fetch(`${url}/c/${certificate.code}/diploma.pdf`)).status, 200);
    const letters = () => db('personal_issue').where({ certificate_id: certificate.id });
    await until('the letters and their copies to end', async () => {
      const ends = await letters().whereIn('state', ['sent', 'delivered', 'bounced']);
      return ends.length === 6;
    });
    assert.equal((await letters().where({ recipient: ARCHIVE })).length, 3);

    const stored = (await findStored(db, CANARIES)).map((place) => place.split(': ')[0] ?? '');
    for (const place of [
      'student_group.snapshot',
      'decision.inputs',
      'override.value',
      'certificate_version.facts',
      'import_row.values',
      'act.reason',
    ])
      assert.ok(stored.includes(place), place);
    for (const place of ['find_words.words', 'batch.note', 'bulk_act.reason', 'personal_issue.recipient'])
      assert.ok(stored.includes(place), place);
    assert.equal(await storedFiles(), 6);
  });

  it('leaves no trace in any line that server and worker have logged at the level trace', () => {
    assert.match(log, /\/api\/student-groups\/:id/);

    assert.deepEqual(
      CANARIES.filter((text) => log.includes(text) || log.includes(encodeURIComponent(text))),
      [],
    );
  });

  it('gets an export of everything that is stored', async () => {
    const { rows } = await done<{ rows: Record<string, unknown[]> }>('people/export', { studentId: STUDENT });
    const text = JSON.stringify(rows);
    for (const said of [...Object.values(PERSON), PROJECT.title, ...Object.values(CORRECTED)])
      assert.ok(text.includes(said), said);
    assert.equal(rows['certificate_version']?.length, 2);
    assert.equal((await ask('people/export', { studentId: 'st_nobody' })).status, 404);
  });

  it('is erased in two steps, however often the second is killed', async () => {
    const { body: early } = await ask<{
      id: string;
      shown: { certificates: { number: string; versions: number }[]; files: number };
    }>('people/erasures', {
      studentId: STUDENT,
      ground: 'person-asked',
    });
    assert.deepEqual(
      [early.shown.certificates.map(({ number, versions }) => [number, versions]), early.shown.files],
      [[[certificate.number, 2]], 6],
    );
    await done(`student-groups/${GROUP}`, { country: null, allowSharedEmail: true, reason: 'Гнездилла' }, 'PATCH');
    const confirm = (id: string, studentId = STUDENT) =>
      ask<{ state: string; receipt: Record<string, number> }>(`people/erasures/${id}/confirm`, { studentId });
    assert.equal((await confirm(early.id)).status, 409, 'something was added since');
    assert.equal((await confirm(early.id, 'st_0002')).status, 404, 'of another student');
    assert.notDeepEqual(await findStored(world.base.db, ['Канареечников']), []);

    const asked = await gramota(['person', 'erase', STUDENT, '--json'], world.env);
    assert.equal(asked.code, 0, asked.err.join('\n'));
    const { id } = JSON.parse(asked.out.join('\n'));
    for (const ms of [700, 1000, 1300]) {
      const child = start(['person', 'erase', STUDENT, '--confirm', id], world.env);
      await sleep(ms);
      child.kill('SIGKILL');
      // One snapshot: the server may still carry out what the killed process had sent.
      const [row, names] = await world.base.db.transaction(
        async (trx) => [await trx('erasure').where({ id }).first(), await findStored(trx, ['Канареечников'])],
        { isolationLevel: 'repeatable read' },
      );
      const inRows = names.filter((place) => !place.startsWith('artefact.'));
      assert.equal(inRows.length === 0, row.receipt !== null, 'of the rows either nothing is erased, or everything');
      assert.ok(names.length === 0 || row.finished_at === null, 'the files are gone when it is finished');
    }
    const receipts = await Promise.all([confirm(id), confirm(id)]);
    for (const { status, body } of receipts) assert.deepEqual([status, body.state], [200, 'finished']);
    const [receipt] = receipts;
    assert.deepEqual((await confirm(id)).body, receipt?.body, 'a repeat gives the same receipt');
    for (const [table, rows] of [
      ['student_group', 1],
      ['certificate_version', 2],
      ['personal_issue', 6],
    ] as const)
      assert.equal(receipt?.body.receipt[table], rows, table);
  });

  it('is in no table, no statistics of the planner and no file any more', async () => {
    assert.deepEqual(await findStored(world.base.db, CANARIES), []);
    assert.equal(await storedFiles(), 0);
    assert.equal(await world.base.db('personal_issue').where({ recipient: ARCHIVE }).first(), undefined);
  });

  it('is in no dump', async () => {
    const dump = await dumpOf(world.base.db, world.env['DATABASE_URL'] ?? '');
    assert.ok(dump.includes(GROUP), 'the dump has the rows of the student group');
    const hex = CANARIES.map((text) => Buffer.from(text).toString('hex'));
    assert.deepEqual(
      [...CANARIES, ...hex].filter((text) => dump.includes(text)),
      [],
    );
  });

  it('has a public page that still says what was issued: status, code, number and date', async () => {
    const lookup = await fetch(`${url}/certificates/lookup?code=${certificate.code}`);
    assert.equal(lookup.status, 410);
    const { code, ...rest } = (await lookup.json()) as Record<string, string>;
    assert.equal(code?.replaceAll('-', ''), certificate.code);
    assert.deepEqual(rest, { status: 'erased', number: certificate.number, issueDate: certificate.issueDate });
    assert.equal((await fetch(`${url}/c/${certificate.code}`)).status, 410);
    assert.equal((await fetch(`${url}/c/${certificate.code}/diploma.pdf`)).status, 410);
    const shown = await done<{ holderName: null; validity: string }>(`certificates/${certificate.id}`);
    assert.deepEqual([shown.holderName, shown.validity], [null, 'erased']);
  });

  it('does not come back with the LMS: neither her student group nor a new one of hers is stored', async () => {
    const { db } = world.base;
    const pulled = await world.pipeline.lms.pullOne(GROUP);
    assert.ok(pulled?.ok);
    await world.lms.control('student-groups?quiet=1', { ...pulled.studentGroup, id: 'sg_canary_two' });
    const batch = await done<{ id: string }>('batches', { releaseId: RELEASE });
    await until(
      'the batch to finish',
      async () => (await done<{ state: string }>(`batches/${batch.id}`)).state === 'finished',
    );
    const { items } = await done<{
      items: { studentGroupId: string; state: string; reason: { code: string } | null }[];
    }>(`batches/${batch.id}/items?limit=200`);
    const told = items.filter(({ studentGroupId }) => studentGroupId.startsWith(GROUP));
    assert.deepEqual(
      told.map(({ state, reason }) => [state, reason?.code]),
      [
        [(await standing()).state, undefined],
        ['excluded', 'erased'],
      ],
    );
    assert.deepEqual(await findStored(db, CANARIES), []);
    assert.equal(
      (await ask(`student-groups/${GROUP}`, { fullName: PERSON.fullName, reason: 'Она вернулась' }, 'PATCH')).status,
      409,
    );
  });

  it('comes back with a new student group after an administrator has readmitted her', async () => {
    assert.equal((await ask('people/readmissions', { studentId: STUDENT })).status, 200);
    assert.equal((await ask('people/readmissions', { studentId: STUDENT })).status, 404);
    const pulled = await world.pipeline.lms.pullOne(GROUP);
    assert.ok(pulled?.ok);
    await world.lms.control('student-groups?quiet=1', { ...pulled.studentGroup, id: 'sg_canary_three' });
    await done('batches', { studentGroupIds: ['sg_canary_three', GROUP] });
    await until(
      'her new student group',
      async () => (await world.base.db('student_group').where({ id: 'sg_canary_three' }).first('email'))?.email,
    );
    assert.equal((await world.base.db('student_group').where({ id: GROUP }).first()).snapshot, null);
  });
});
