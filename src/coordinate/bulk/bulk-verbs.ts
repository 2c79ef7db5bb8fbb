import type { BulkActVerb } from '../../domain/bulk-verb.ts';
import { message } from '../../domain/messages/message.ts';
import { isSamePerson } from '../../domain/second-person.ts';
import { Problem } from '../../platform/http/problem.ts';
import {
  type BulkAct,
  countBulkRows,
  lockBulkAct,
  selectBulkAct,
  updateBulkAct,
} from '../../records/bulk/bulk-acts.ts';
import { recordAct } from '../../records/tokens.ts';
import { withLastAct } from '../last-act.ts';
import { type BulkState, stateOfBulk } from './bulk-view.ts';
import type { BulkContext } from './start-bulk.ts';

/** The states in which each verb is allowed. */
const ALLOWED: Record<BulkActVerb, readonly BulkState[]> = {
  pause: ['running'],
  resume: ['paused'],
  cancel: ['running', 'paused'],
  confirm: ['paused'],
};

/**
 * A coordinator's verb on a bulk act. It waits for the rows that are being handled; afterwards no row is handled against
 * it. What was done stays done.
 * @throws Problem 409 with the state where it does not allow the verb; 403 when the person who started it confirms it;
 * 404 when it does not exist
 */
export async function actOnBulk(
  ctx: BulkContext,
  id: string,
  verb: BulkActVerb,
  by: { actor: string; reason: string | null },
): Promise<BulkAct> {
  return ctx.db.transaction(async (trx) => {
    const bulk = await lockBulkAct(trx, id);
    if (bulk === null) throw new Problem(404, message('unknown.bulk-act'));
    const fault = faultOf(bulk, verb);
    if (fault !== null)
      throw new Problem(409, await withLastAct(trx, id, fault, 'bulk.start'), { state: stateOfBulk(bulk) });
    if (verb === 'confirm' && isSamePerson(bulk.actor, by.actor))
      throw new Problem(403, message('bulk.same-person', { actor: bulk.actor }));
    const at = ctx.clock.now();
    if (verb === 'pause') await updateBulkAct(trx, id, { pausedAt: at });
    if (verb === 'resume') await updateBulkAct(trx, id, { pausedAt: null });
    if (verb === 'confirm') await updateBulkAct(trx, id, { confirmedAt: at, confirmedBy: by.actor, pausedAt: null });
    if (verb === 'cancel') await updateBulkAct(trx, id, { cancelledAt: at, counts: await countBulkRows(trx, id) });
    await recordAct(trx, { id: ctx.newId(), ...by, verb: `bulk.${verb}`, subject: id }, at);
    if (verb === 'resume' || verb === 'confirm') await ctx.enqueue(trx, 'bulk', [{ id }], { singletonKey: id });
    const after = await selectBulkAct(trx, id);
    if (after === null) throw new Error('a bulk act is never deleted');
    return after;
  });
}

/** Why the verb is not allowed; null when it is. */
function faultOf(bulk: BulkAct, verb: BulkActVerb): string | null {
  const state = stateOfBulk(bulk);
  if (!ALLOWED[verb].includes(state))
    return message('bulk.wrong-state', { state, verb, wanted: ALLOWED[verb].join(' or ') });
  if (verb === 'resume' && bulk.isUnconfirmed) return message('bulk.waits-for-second-person');
  return verb === 'confirm' && !bulk.isUnconfirmed ? message('bulk.no-confirmation') : null;
}
