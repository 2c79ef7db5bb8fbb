import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { openArtefacts } from '../compose/open-artefacts.ts';
import type { Config } from '../config.ts';
import { askErasure, confirmErasure, type PersonContext, readmitPerson } from '../coordinate/people/person-erasure.ts';
import { exportPerson } from '../coordinate/people/person-export.ts';
import { type ErasureView, viewErasure } from '../coordinate/people/person-routes.ts';
import type { ErasureGround } from '../domain/erasure-ground.ts';
import { InputError } from '../domain/failure.ts';
import { systemClock } from '../platform/system-clock.ts';
import { actor } from './actor.ts';
import { withDatabase } from './with-database.ts';
import { inLines } from './with-desk.ts';

type Say = (line: string) => void;

async function withPeople(config: Config, run: (ctx: PersonContext) => Promise<void>): Promise<void> {
  await withDatabase(config, (db) => {
    const artefacts = openArtefacts(config, db);
    return inLines(() => run({ db, clock: systemClock, newId: randomUUID, artefacts }));
  });
}

/** `gramota person export`: everything that is stored of a student, as JSON. Only its owner can read the file. */
export async function runPersonExport(
  config: Config,
  studentId: string,
  { out }: { out?: string },
  say: Say,
): Promise<void> {
  await withPeople(config, async (ctx) => {
    const text = `${JSON.stringify(await exportPerson(ctx, studentId, actor()), null, 2)}\n`;
    if (out === undefined) return say(text.trimEnd());
    await writeFile(out, text, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`--out: ${out} cannot be written (${error.code})`);
    });
    say(out);
  });
}

export interface EraseOptions {
  ground?: ErasureGround;
  confirm?: string;
  json?: boolean;
}

/** `gramota person erase`: without `confirm` it tells what would be erased; with the id of that it erases. */
export async function runPersonErase(
  config: Config,
  studentId: string,
  options: EraseOptions,
  say: Say,
): Promise<void> {
  const { ground = 'person-asked', confirm, json = false } = options;
  if (confirm !== undefined && !/^[0-9a-f-]{36}$/i.test(confirm))
    throw new InputError('--confirm: expected the id that "gramota person erase" printed');
  await withPeople(config, async (ctx) => {
    const erasure =
      confirm === undefined
        ? await askErasure(ctx, { studentId, ground }, actor())
        : await confirmErasure(ctx, { id: confirm, studentId }, actor());
    const view = viewErasure(erasure);
    for (const line of json ? [JSON.stringify(view, null, 2)] : linesOf(view)) say(line);
  });
}

function linesOf({ id, state, shown, receipt, filesLeft, confirmedAt }: ErasureView): string[] {
  if (receipt !== null)
    return [
      `erasure ${id}: ${state}, confirmed ${confirmedAt}`,
      ...Object.entries(receipt).map(([table, rows]) => `  ${table}  ${rows}`),
      ...(filesLeft > 0 ? [`  ${filesLeft} files are still to be deleted; "gramota work" goes on with them`] : []),
      'LMS and Sendsay keep what they have: erase the person there too. Backups hold the data until they are deleted.',
    ];
  return [
    `erasure ${id}: nothing is erased yet. This would be erased:`,
    `  student groups: ${shown.studentGroups.join(', ') || 'none'}`,
    ...(shown.sharedStudentGroups.length === 0
      ? []
      : [`  of another student by now, only the certificate: ${shown.sharedStudentGroups.join(', ')}`]),
    ...shown.certificates.map(
      ({ number, versions, letters, unsent }) =>
        `  certificate ${number}: ${versions} versions, ${letters} letters${unsent ? '; nobody has it yet, so it is revoked too' : ''}`,
    ),
    `  overrides: ${shown.overrides}, rows of imported files: ${shown.importRows}, files: ${shown.files}`,
    'It cannot be undone. Number, code and issue date of a certificate stay; its page says that the data were erased.',
    `To erase: gramota person erase STUDENT --confirm ${id}`,
  ];
}

/** `gramota person readmit`. */
export async function runPersonReadmit(config: Config, studentId: string, say: Say): Promise<void> {
  await withPeople(config, async (ctx) => {
    await readmitPerson(ctx, studentId, actor());
    say('readmitted: student groups that are new to Gramota are stored again');
  });
}
