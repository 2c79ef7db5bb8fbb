import assert from 'node:assert/strict';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import { startWorld, type World } from './world.ts';

/** Ordinary teachers who pass follow the demo's own, whose cases differ. */
const FIRST_PASSING = 61;

export interface WaitingLetter {
  batch: string;
  group: string;
  certificate: string;
  letter: string;
}

export interface LettersByStep {
  world: World;
  /** The next student group up to its letter, which waits. */
  rendered(): Promise<WaitingLetter>;
  /** State and reason code of a letter or a copy. */
  endOf(id: string): Promise<string[]>;
}

/** A world for at most `count` letters with copies. Stages run step by step; no job runs by itself. */
export async function lettersByStep(count: number, copyTo: readonly string[]): Promise<LettersByStep> {
  const criteria = (text: string) =>
    text
      .replace(/certTemplate: .*/, 'certTemplate: { default: teacher-ru }')
      .replace('letter: diploma', `letter: diploma\n    copyTo: [${copyTo.join(', ')}]`);
  const size = FIRST_PASSING + count - 1;
  const world = await startWorld({ size, templates: { 'criteria.yaml': criteria } });
  let next = FIRST_PASSING;
  const { db } = world.base;
  return {
    world,
    async rendered() {
      for (; next <= size; ) {
        const group = `sg_${String(next).padStart(4, '0')}`;
        next += 1;
        const batch = await world.batch({ ids: [group] });
        await makeIngest(world.pipeline)({ kind: 'batch', id: batch });
        await makeEvaluate(world.pipeline)({ id: group, batchId: batch });
        const row = await db('certificate').where({ student_group_id: group }).first('id', 'country');
        // Letters of one country of the demo wait for a later time.
        if (!row || row.country === 'MN') continue;
        await makePatch(world.pipeline)({ id: row.id });
        await makeRender(world.pipeline)({ id: row.id });
        const letter = await db('personal_issue').where({ certificate_id: row.id }).first('id');
        return { batch, group, certificate: row.id, letter: letter?.id ?? assert.fail('no letter was opened') };
      }
      return assert.fail('no student group left');
    },
    async endOf(id) {
      const row = await db('personal_issue').where({ id }).first();
      return [row.state, row.reason_code];
    },
  };
}
