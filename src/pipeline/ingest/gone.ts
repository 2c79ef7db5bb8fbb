import { message } from '../../domain/messages/message.ts';
import { selectCertificateOfGroup } from '../../records/certificates/certificates.ts';
import { selectLatestLetter } from '../../records/letters/letters-by-person.ts';
import type { Db } from '../../records/rows.ts';
import { raiseFlag } from '../../records/student-groups/flags.ts';
import { recordGone, selectGroup } from '../../records/student-groups/student-groups.ts';
import type { StageContext } from '../context.ts';

/**
 * Records that the LMS has no such student group. If its letter was already sent, it only raises a flag for a person;
 * `endFlagsOfReturned` clears it.
 * @param at when the LMS was queried
 */
export async function noteGone(ctx: StageContext, trx: Db, studentGroupId: string, at: Date): Promise<void> {
  await recordGone(trx, studentGroupId, null, at);
  const certificate = await selectCertificateOfGroup(trx, studentGroupId);
  if (!certificate || (await selectGroup(trx, studentGroupId))?.goneAt == null) return;
  const letter = await selectLatestLetter(trx, certificate.id);
  if (!letter || !LEFT.has(letter.state)) return;
  const flag = { studentGroupId, certificateId: certificate.id, kind: 'deleted-after-sent' as const };
  const detail = message('flag.gone-after-letter');
  await raiseFlag(trx, { id: ctx.newId(), ...flag, detail }, ctx.clock.now());
}

const LEFT: ReadonlySet<string> = new Set(['sending', 'accepted', 'sent', 'delivered', 'bounced', 'uncertain']);
