import { message } from '../domain/messages/message.ts';
import { selectActs } from '../records/acts.ts';
import type { Db } from '../records/rows.ts';

/**
 * Adds to a refusal what another coordinator did meanwhile, so that nobody wonders why the subject changed.
 * @param created the verb of the act that created it, which is not told
 */
export async function withLastAct(trx: Db, id: string, detail: string, created: string): Promise<string> {
  const [last] = await selectActs(trx, [id], 1);
  if (last === undefined || last.verb === created) return detail;
  const { verb: act, actor, at } = last;
  return message('batch.after-act', { detail, act, actor, at: at.toISOString() });
}
