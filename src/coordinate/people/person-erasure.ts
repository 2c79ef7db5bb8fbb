import { isDeepStrictEqual } from 'node:util';
import type { ErasureGround } from '../../domain/erasure-ground.ts';
import { message } from '../../domain/messages/message.ts';
import { transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { Artefacts } from '../../ports/artefacts.ts';
import type { Clock } from '../../ports/clock.ts';
import { erasePersonRows, selectFilesOf } from '../../records/privacy/erase-person.ts';
import {
  beginErasing,
  type Erasure,
  type ErasureScope,
  endTombstone,
  finishErasure,
  insertErasure,
  lockErasure,
  recordReceipt,
  selectErasure,
} from '../../records/privacy/erasures.ts';
import {
  lockCertificates,
  type PersonScope,
  selectOpenCalls,
  selectPersonScope,
  selectSizes,
} from '../../records/privacy/person-scope.ts';
import type { Db } from '../../records/rows.ts';
import { recordAct } from '../../records/tokens.ts';

export interface PersonContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
  artefacts: Pick<Artefacts, 'remove'>;
}

/**
 * First step: tells what an erasure would empty, and stores that under an id. Nothing is erased.
 * @throws Problem 404 when nothing is stored of this student
 */
export async function askErasure(
  ctx: PersonContext,
  { studentId, ground }: { studentId: string; ground: ErasureGround },
  actor: string,
): Promise<Erasure> {
  const at = ctx.clock.now();
  return ctx.db.transaction(async (trx) => {
    const shown = await show(trx, await findScope(trx, studentId));
    const erasure = await insertErasure(trx, { id: ctx.newId(), ground, studentId, shown, actor }, at);
    await recordPersonAct(ctx, trx, { actor, verb: 'person.erase.ask', subject: erasure.id }, at);
    return erasure;
  });
}

/**
 * Second step: erases exactly what the first step showed, in one transaction, then the files. A repeat returns the receipt;
 * after a crash it goes on.
 * @throws Problem 404 for another student or an unknown id; 409 when something else would be erased by now, or while a letter
 * is being sent
 */
export async function confirmErasure(
  ctx: PersonContext,
  { id, studentId }: { id: string; studentId: string },
  actor: string,
): Promise<Erasure> {
  const erased = await transaction(ctx.db, async (trx) => {
    const erasure = await lockErasure(trx, id, studentId);
    if (erasure === null) throw new Problem(404, message('unknown.erasure'));
    return erasure.receipt === null ? erase(ctx, trx, erasure, studentId, actor) : erasure;
  });
  if (erased.finishedAt === null) await finishErasure(ctx.db, ctx.artefacts, erased, ctx.clock.now());
  return (await selectErasure(ctx.db, id)) ?? erased;
}

async function erase(
  ctx: PersonContext,
  trx: Db,
  { id, shown }: Erasure,
  studentId: string,
  actor: string,
): Promise<Erasure> {
  const at = ctx.clock.now();
  await beginErasing(trx, id, actor, at);
  const scope = await findScope(trx, studentId);
  const certificates = scope.certificates.map((one) => one.id);
  await lockCertificates(trx, certificates);
  if (await selectOpenCalls(trx, certificates)) throw new Problem(409, message('state.letter-leaving'));
  if (!isDeepStrictEqual(await show(trx, scope), shown)) throw new Problem(409, message('state.other-than-shown'));
  const files = await selectFilesOf(trx, certificates);
  const counts = await erasePersonRows(trx, { erasureId: id, studentId, scope, actor }, ctx.newId, at);
  for (const subject of [id, ...scope.own, ...certificates])
    await recordPersonAct(ctx, trx, { actor, verb: 'person.erase', subject, detail: { erasureId: id } }, at);
  return recordReceipt(trx, id, counts, files);
}

/**
 * Lets the LMS's data of an erased student be stored again, for a person who takes part anew. What was erased stays erased.
 * @throws Problem 404 when the student is not erased
 */
export async function readmitPerson(ctx: PersonContext, studentId: string, actor: string): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.transaction(async (trx) => {
    if (!(await endTombstone(trx, studentId, actor, at))) throw new Problem(404, message('unknown.erased'));
    await recordPersonAct(ctx, trx, { actor, verb: 'person.readmit', subject: 'person' }, at);
  });
}

/** @throws Problem 404 */
export async function findScope(db: Db, studentId: string): Promise<PersonScope> {
  const scope = await selectPersonScope(db, studentId);
  if (scope.own.length === 0 && scope.certificates.length === 0) throw new Problem(404, message('unknown.student'));
  return scope;
}

async function show(db: Db, scope: PersonScope): Promise<ErasureScope> {
  const certificates = scope.certificates.map(({ id, number, versions, letters, unsent }) => ({
    id,
    number,
    versions,
    letters,
    unsent,
  }));
  const files = await selectFilesOf(
    db,
    certificates.map(({ id }) => id),
  );
  const sizes = await selectSizes(db, [...scope.own, ...scope.shared]);
  return {
    studentGroups: scope.own,
    sharedStudentGroups: scope.shared,
    certificates,
    ...sizes,
    files: files.length,
  };
}

export async function recordPersonAct(
  ctx: Pick<PersonContext, 'newId'>,
  trx: Db,
  act: { actor: string; verb: string; subject: string; detail?: object },
  at: Date,
): Promise<void> {
  await recordAct(trx, { id: ctx.newId(), reason: null, ...act }, at);
}
