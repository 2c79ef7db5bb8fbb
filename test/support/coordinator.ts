import assert from 'node:assert/strict';
import { actOnBatch } from '../../src/coordinate/batch-verbs.ts';
import { type BatchView, viewBatch } from '../../src/coordinate/create-batch.ts';
import type { ReissueContext } from '../../src/coordinate/reissue-certificate.ts';
import type { BatchVerb } from '../../src/domain/batch-verb.ts';
import type { Rulebook } from '../../src/domain/rulebook.ts';
import { selectBatch } from '../../src/records/batches/batches.ts';
import { type Certificate, selectCertificate } from '../../src/records/certificates/certificates.ts';
import { type Letter, until, type World } from './world.ts';

export const BY = { actor: 'tester', reason: 'fictional' };

export async function act(world: World, id: string, verb: BatchVerb): Promise<void> {
  const done = await actOnBatch(world.pipeline, id, verb, BY);
  assert.ok(done?.ok, done?.ok === false ? done.detail : 'no such batch');
}
export async function view(world: World, id: string): Promise<BatchView> {
  const batch = await selectBatch(world.base.db, id);
  assert.ok(batch);
  return viewBatch(world.base.db, batch, new Date());
}
export const settled = (world: World, id: string) =>
  until('the batch to finish', async () => ((await view(world, id)).state === 'finished' ? true : null));
export async function certificateOf(world: World, group: string): Promise<Certificate> {
  const row = await world.base.db('certificate').where({ student_group_id: group }).first('id');
  const certificate = row && (await selectCertificate(world.base.db, row.id));
  assert.ok(certificate, `${group} has no certificate`);
  return certificate;
}
export const personCtx = (world: World): ReissueContext & Pick<Rulebook, 'criteria'> => ({
  criteria: world.pipeline.rulebook.criteria,
  ...world.pipeline,
});
export const lettersOf = async (world: World, group: string): Promise<Letter[]> => {
  const { id } = await certificateOf(world, group);
  return (await world.letters()).filter((letter) => letter.customerId === id);
};
