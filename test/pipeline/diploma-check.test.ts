import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { bundleFromRow } from '../../src/diploma/template/template.ts';
import { DiplomaFault } from '../../src/ports/printer.ts';
import { act, certificateOf, lettersOf, settled } from '../support/coordinator.ts';
import { startWorld, type World } from '../support/world.ts';

/** A stored template from the time before layouts were data: no format, no images. */
const CONTENTS = '{"definition":{"id":"teacher-kk","language":"kk"},"faces":[]}';
/** The student group whose certificate was awarded with such a template. */
const FORMER = 'sg_0004';

let world: World;
/** Student groups whose diplomas fail the check. */
const faulty = new Set<string>();
const hash = createHash('sha256').update(CONTENTS).digest('hex');
const former = createPrinter({
  templates: [],
  bundleByHash: async () => bundleFromRow({ hash, definition: JSON.parse(CONTENTS) }, () => Buffer.alloc(0)),
  threads: 1,
});
before(async () => {
  world = await startWorld({ size: 12 });
  const { printer } = world.pipeline;
  const issue: typeof printer.issue = async (facts) => {
    const row = await world.base.db('certificate').where({ id: facts.certificateId }).first('student_group_id');
    if (row?.student_group_id === FORMER) return former.issue(facts);
    if (faulty.has(row?.student_group_id)) throw new DiplomaFault('qr', 'no QR code can be read');
    return printer.issue(facts);
  };
  const pipeline = { ...world.pipeline, printer: { ...printer, issue } };
  await world.run({ pipeline, concurrency: 4 });
});
after(async () => {
  await world.close();
  await former.close();
});

/** Nothing is stored, and no letter is opened or sent. */
async function assertNothingDrawn(group: string): Promise<void> {
  const { id } = await certificateOf(world, group);
  const { db } = world.base;
  assert.equal(await db('diploma').where({ certificate_id: id }).first(), undefined, 'nothing is kept');
  assert.equal(await db('personal_issue').where({ certificate_id: id }).first(), undefined, 'no letter is opened');
  assert.equal((await lettersOf(world, group)).length, 0);
}

describe('a diploma that fails its self-check', () => {
  const GROUPS = ['sg_0002', 'sg_0003'];
  let batch: string;

  it('is neither stored nor sent; its certificate is held with the name of the failed check, and other certificates continue', async () => {
    faulty.add('sg_0002');
    batch = await world.batch({ ids: GROUPS });
    const held = await world.reaches('sg_0002', 'held');
    await world.reaches('sg_0003', 'sent', 'delivered', 'waiting');
    await settled(world, batch);
    assert.equal(held.reason?.code, 'diploma-check-failed');
    assert.match(held.reason.detail, /"qr": no QR code can be read/);
    await assertNothingDrawn('sg_0002');
  });

  it('is drawn again by a retry and sent once', async () => {
    await act(world, batch, 'retry');
    await world.reaches('sg_0002', 'held');
    await settled(world, batch);
    faulty.clear();
    await act(world, batch, 'retry');
    await world.reaches('sg_0002', 'sent', 'delivered', 'waiting');
    await settled(world, batch);
    const { id } = await certificateOf(world, 'sg_0002');
    assert.ok(await world.base.db('diploma').where({ certificate_id: id }).first());
    assert.equal((await lettersOf(world, 'sg_0002')).length, 1);
  });
});

describe('a certificate whose stored template has an older format', () => {
  it('is held with advice, and no diploma is drawn or sent', async () => {
    await world.batch({ ids: [FORMER] });
    const held = await world.reaches(FORMER, 'held');
    assert.equal(held.reason?.code, 'template-missing');
    assert.match(held.reason.detail, /template "teacher-kk" in format 1.*reissue the certificate/);
    await assertNothingDrawn(FORMER);
  });
});
