import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runCheck } from '../../src/commands/check.ts';
import { tokenContext } from '../../src/commands/token.ts';
import { viewBatch } from '../../src/coordinate/create-batch.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { selectBatch } from '../../src/records/batches/batches.ts';
import { selectFlagsOfGroup } from '../../src/records/student-groups/flags.ts';
import { RELEASE, startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Tests texts that a release adds to every diploma, from the LMS to letter, lookup and download. */
describe('the texts of a release', () => {
  let world: World;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  let sound: Record<string, unknown>;
  before(async () => {
    world = await startWorld();
    app = await serveWorld(world);
    await world.run();
    const headers = { authorization: 'Bearer sandbox-lms-token' };
    sound = (await (await fetch(`${world.lms.url}/releases/${RELEASE}`, { headers })).json()) as typeof sound;
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const tell = (changes: object) => world.lms.control('releases?quiet=1', { ...sound, ...changes });
  const warningsOf = async (batchId: string) => {
    const batch = await until('the pull', async () => {
      const found = await selectBatch(world.base.db, batchId);
      return found?.pulledAt ? found : null;
    });
    return (await viewBatch(world.base.db, batch, new Date())).warnings;
  };
  const factsOf = async (group: string): Promise<DiplomaFacts> =>
    (
      await world.base
        .db('certificate_version as v')
        .join('certificate as c', 'c.id', 'v.certificate_id')
        .where('c.student_group_id', group)
        .first('v.facts')
    )?.facts;

  it('are required: a release without a title is refused for a batch, its student groups are held, and the reason names the field', async () => {
    await tell({ courseTitle: { ru: '  ', en: '' } });
    const wanted = { name: 'c', role: 'coordinator' };
    const { token } = await createToken(tokenContext(world.base.db), wanted);
    const asked = await fetch(`${app.url}/api/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ releaseId: RELEASE }),
    });
    assert.equal(asked.status, 422);
    assert.match(await asked.text(), /\/courseTitle: is empty/);

    const dryRun = await world.batch({ ids: ['sg_0002'], dryRun: true });
    assert.deepEqual(
      (await warningsOf(dryRun))?.map(({ code }) => code),
      ['lms-invalid'],
    );
    await world.batch({ ids: ['sg_0002'] });
    const { reason } = await world.reaches('sg_0002', 'held');
    assert.equal(reason?.code, 'lms-invalid');
    assert.match(reason?.detail ?? '', /release rel_2026a cannot be used: \/courseTitle: is empty/);
  });

  it('such as prefix, hours and grades are printed correctly, and letter and download have the same file name', async () => {
    const program = [
      { title: { ru: 'Раз' }, hours: 0.1 },
      { title: { ru: 'Два' }, hours: 0.2 },
    ];
    await tell({ numberPrefix: 'ПК/2026 №', program, hoursTotal: 0.1 + 0.2 });
    await world.lms.control('student-groups/sg_0002?quiet=1', { project: { grade: 'good' } });
    await world.batch({ ids: ['sg_0002'] });
    const { certificateId } = await world.reaches('sg_0002', 'sent');
    const facts = await factsOf('sg_0002');
    assert.equal(facts.number, 'ПК/2026 №-000001');
    assert.deepEqual([facts.hoursTotal, facts.programme.map(({ hours }) => hours)], [0.3, [0.1, 0.2]]);
    assert.match(facts.project?.grade ?? '', /^(хорошо|жақсы|yaxshi|good)$/);
    assert.match(facts.credential?.achievement.narrative ?? '', /, 0\.3 h\n/);

    const letter = (await world.letters()).find(({ customerId }) => customerId === certificateId);
    const [attached] = letter?.attachments ?? [];
    assert.match(attached?.name ?? '', /^Diploma(-[A-Za-z]+)*-PK-2026-No-000001-[a-z]{6}\.pdf$/);
    const download = await fetch(`${app.url}/c/${facts.code}/diploma.pdf`);
    assert.equal(download.headers.get('content-disposition'), `inline; filename="${attached?.name}"`);
    const json = { accept: 'application/json' };
    const told = (await (await fetch(`${app.url}/c/${facts.code}`, { headers: json })).json()) as object;
    assert.deepEqual({ ...told, hoursTotal: 0.3, number: 'ПК/2026 №-000001' }, told);
  });

  it('about hours are reported by the dry run and by check when they contradict each other, and flagged with each award', async () => {
    await tell({ numberPrefix: 'ПК/2026 №', hoursTotal: 1000 });
    const dryRun = await world.batch({ ids: ['sg_0003'], dryRun: true });
    assert.deepEqual(
      (await warningsOf(dryRun))?.map(({ code }) => code),
      ['hours-differ'],
    );
    await world.batch({ ids: ['sg_0003'] });
    await world.reaches('sg_0003', 'sent');
    const flags = await selectFlagsOfGroup(world.base.db, 'sg_0003');
    assert.deepEqual(
      flags.map(({ kind }) => kind),
      ['hours-differ'],
    );
    assert.match(flags[0]?.detail ?? '', /hoursTotal is 1000, but the hours of its modules add up to/);
    const said: string[] = [];
    await runCheck(world.env, (line) => said.push(line), assert.fail);
    assert.ok(
      said.some((line) => line.startsWith(`warning  release ${RELEASE}: hours-differ: `)),
      said.join('\n'),
    );
  });

  it('lead to no award after they became invalid, until they are valid again', async () => {
    await tell({ numberPrefix: 'ПК/2026 №', signatory: { name: 'undefined', position: { ru: 'Директор' } } });
    await world.batch({ ids: ['sg_0004'] });
    const { reason } = await world.reaches('sg_0004', 'held');
    assert.match(reason?.detail ?? '', /cannot be used: \/signatory\/name: /);
    await tell({ numberPrefix: 'ПК/2026 №' });
    await world.batch({ ids: ['sg_0004'] });
    await world.reaches('sg_0004', 'sent');
  });

  it('include the prefix: a group is held when another release has the same prefix apart from dashes, case and signs', async () => {
    await tell({ id: 'rel_2026twin', numberPrefix: 'пк-2026' });
    await world.lms.control('student-groups/sg_0005?quiet=1', { group: { id: 'gr_twin', releaseId: 'rel_2026twin' } });
    await world.batch({ ids: ['sg_0005'] });
    const { reason } = await world.reaches('sg_0005', 'held');
    assert.match(reason?.detail ?? '', /release\.numberPrefix "пк-2026" belongs to another release/);
  });

  it('include the grades: a group is held before the report to the LMS when a grade has no word', async () => {
    await tell({ numberPrefix: 'ПК/2026 №' });
    await world.lms.control('student-groups/sg_0006?quiet=1', { project: { grade: 'summa cum laude' } });
    await world.batch({ ids: ['sg_0006'] });
    const { reason } = await world.reaches('sg_0006', 'held');
    assert.equal(reason?.code, 'grade-unknown');
    assert.ok(!(await world.patches()).some(({ studentGroupId }) => studentGroupId === 'sg_0006'));
  });
});
