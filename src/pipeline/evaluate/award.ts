import { formatNumber } from '../../domain/certificate/certificate-number.ts';
import type { KeyReferences } from '../../domain/certificate/credential-facts.ts';
import { NO_LETTER } from '../../domain/letter/choose-letter.ts';
import { encodeUtm } from '../../domain/letter/letter-text.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { applyOverrides, datedAs } from '../../domain/student-group/override.ts';
import { readOnce } from '../../platform/database/grouped-transactions.ts';
import type { Batch } from '../../records/batches/batches.ts';
import { AUTOMATIC, insertAward } from '../../records/certificates/awards.ts';
import { reserveStatusEntry } from '../../records/certificates/status-entries.ts';
import type { Db } from '../../records/rows.ts';
import type { StageContext } from '../context.ts';
import { type FreezeContext, freezeFacts } from './frozen-facts.ts';
import type { Case, Judgement } from './judge.ts';

export interface AwardContext extends StageContext, Omit<FreezeContext, 'rulebook' | 'keys'> {
  rulebook: Rulebook;
  /** Returns 24 random Crockford symbols and a check symbol. */
  newCode: () => string;
  /** Returns a random integer in `[0, limit)`. */
  randomBelow: (limit: number) => number;
  /**
   * The current signing keys in the database.
   * @throws KeyMissing
   */
  keysInUse: (db: Db) => Promise<KeyReferences>;
}

/**
 * Creates the certificate of a met case: number, code, position in a status list, frozen facts. Must be last in its
 * transaction.
 */
export async function award(
  ctx: AwardContext,
  trx: Db,
  { studentGroup: lmsRecord, release: lmsRelease, overrides }: Case,
  judgement: Judgement,
  by: { decisionId: string; batch: Batch | null },
  at: Date,
): Promise<void> {
  const { programme, print, certTemplate } = judgement;
  if (!programme || !print || certTemplate === null)
    throw new Error('a certificate can be awarded only when the criteria are met');
  const { batch, decisionId } = by;
  const studentGroup = applyOverrides(lmsRecord, overrides);
  const release = datedAs(lmsRelease, overrides);
  const id = ctx.newId();
  const code = ctx.newCode();
  const status = await reserveStatusEntry(trx, { certificateId: id, version: 1 }, ctx.randomBelow);
  const keys = await readOnce(trx, 'keys in use', ctx.keysInUse);
  await ctx.enqueue(trx, 'patch', [{ id }]);
  const awarded = { studentGroup, release, programme, print, certTemplate, id, version: 1, code, status, at };
  await insertAward(
    trx,
    {
      id,
      studentId: studentGroup.student.id,
      releaseId: release.id,
      programmeId: programme.id,
      studentGroupId: studentGroup.id,
      decisionId,
      batchId: batch?.id ?? null,
      numberPrefix: release.numberPrefix,
      code,
      certTemplate,
      letter: programme.letter,
      noLetter: programme.letter === NO_LETTER || batch?.letter === NO_LETTER,
      utm: programme.utm ? encodeUtm(programme.utm) : null,
      country: print.countryCode,
      recipient: print.email,
      issueDate: release.issueDate,
      facts: (number) => freezeFacts({ ...ctx, keys }, { ...awarded, number }),
      actor: batch?.actor ?? AUTOMATIC,
    },
    formatNumber,
    at,
  );
}
