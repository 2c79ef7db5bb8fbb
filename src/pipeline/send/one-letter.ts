import { pauseBeforeTry } from '../../domain/send-brake.ts';
import { MailUnavailable } from '../../ports/mail.ts';
import { giveProbeBack, selectSendBrake, takeProbe } from '../../records/send-brake.ts';
import type { SendContext } from './send.ts';

/** Whoever waits looks again at least so often: letters may leave long before the next try. */
const LOOK_AGAIN_MS = 60_000;

export interface OneLetter {
  /** When to look at a letter again, since none may leave now; null: go on. Asks nothing while letters leave. */
  waitUntil(id: string): Promise<Date | null>;
  /** Called when a letter did not begin: when to look at it again if none may leave now, else null. */
  foundStopped(id: string): Promise<Date | null>;
  /**
   * Whether this letter may be tried: `go` with the right to be the only one, or with null while letters leave; `wait` when
   * another is tried, it is not time, or the provider does not even answer `pong`.
   */
  ask(): Promise<{ kind: 'go'; probe: string | null } | { kind: 'wait' }>;
  /** The letter that might have been tried was not. */
  giveBack(probe: string): Promise<void>;
}

/**
 * While outcomes are unknown in a row, one letter at a time is tried, and before it the provider is asked `pong`. Kept in
 * the database for all workers; this process only remembers that it has met it, so that nobody asks while letters leave.
 */
export function oneLetterAtATime(ctx: SendContext): OneLetter {
  let met = false;

  async function foundStopped(id: string): Promise<Date | null> {
    const { stopped } = await selectSendBrake(ctx.db);
    met = stopped !== null;
    if (stopped === null) return null;
    const now = ctx.clock.now().getTime();
    const wait = Math.min(Math.max(stopped.nextTry.getTime() - now, 0), LOOK_AGAIN_MS);
    // Not all at one instant.
    const share = Number.parseInt(id.slice(0, 4), 16) / 0xffff;
    return new Date(now + wait + share * Math.max(wait, ctx.pollSeconds * 1000));
  }

  return {
    foundStopped,
    async waitUntil(id) {
      if (!met) return null;
      const { stopped } = await selectSendBrake(ctx.db);
      met = stopped !== null;
      if (stopped === null || stopped.nextTry <= ctx.clock.now()) return null;
      return foundStopped(id);
    },
    async ask() {
      if (!met) return { kind: 'go', probe: null };
      const { stopped } = await selectSendBrake(ctx.db);
      met = stopped !== null;
      if (stopped === null) return { kind: 'go', probe: null };
      const at = ctx.clock.now();
      const probe = ctx.newId();
      const next = new Date(at.getTime() + pauseBeforeTry(stopped.tries + 1, ctx.pollSeconds * 1000));
      if (!(await takeProbe(ctx.db, probe, next, at))) return { kind: 'wait' };
      try {
        await ctx.mail.ready();
      } catch (error) {
        if (!(error instanceof MailUnavailable)) throw error;
        ctx.log.warn({ event: 'sending-still-stopped', error: error.message }, 'Sendsay does not answer pong');
        return { kind: 'wait' };
      }
      return { kind: 'go', probe };
    },
    giveBack: (probe) => giveProbeBack(ctx.db, probe, ctx.clock.now()),
  };
}
