import { openReplayer } from '../../src/compose/open-replayer.ts';
import { selectDecisionsBefore } from '../../src/records/student-groups/decisions.ts';
import { RELEASE, startWorld } from '../../test/support/world.ts';

/**
 * Judges a release of at least `count` teachers in a dry run, and replays every stored decision; true when all are
 * equal.
 */
export async function replayStored(count: number, say: (line: string) => void): Promise<boolean> {
  const world = await startWorld({ size: count });
  try {
    await world.run();
    const began = performance.now();
    await world.ready();
    const judged = (performance.now() - began) / 1000;
    await world.halt();
    const { db } = world.base;
    const decisions = await selectDecisionsBefore(db, { releaseId: RELEASE, before: null, limit: count });
    const replayer = await openReplayer(db, world.config.TEMPLATES_DIR);
    const kinds = { same: 0, different: 0, impossible: 0 };
    const from = performance.now();
    for (const decision of decisions) kinds[(await replayer.replay(decision)).kind] += 1;
    const seconds = (performance.now() - from) / 1000;
    await replayer.close();
    const { rows } = await db.raw<{
      rows: { row: string; stored: string; index: string; inputs: string; criteria: string }[];
    }>(
      `select round(avg(pg_column_size(d.*))) as row, round(avg(pg_column_size(inputs))) as inputs,
              round(avg(pg_column_size(criteria))) as criteria,
              pg_table_size('decision') / count(*) as stored, pg_indexes_size('decision') / count(*) as index
       from decision d`,
    );
    const [size] = rows;
    say(`${decisions.length} stored decisions`);
    say(`  pulled, judged and stored, one worker    ${(decisions.length / judged).toFixed(0)} a second`);
    say(`  replayed by stored and by today's rules  ${(decisions.length / seconds).toFixed(0)} a second`);
    say(`  same, different, cannot be replayed      ${kinds.same}, ${kinds.different}, ${kinds.impossible}`);
    say(`  bytes a row: table, indexes              ${size?.stored}, ${size?.index}`);
    say(`  of these: row, inputs, criteria          ${size?.row}, ${size?.inputs}, ${size?.criteria}`);
    return kinds.same === decisions.length && decisions.length >= count;
  } finally {
    await world.close();
  }
}
