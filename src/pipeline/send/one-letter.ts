import { pauseBeforeTry, spreadOfLooks } from '../../domain/letter/send-brake-limits.ts';
import { MailUnavailable, type SendOutcome } from '../../ports/mail.ts';
import { countDueLetters } from '../../records/letters/personal-issues.ts';
import { returnProbe, type SendBrake, selectSendBrake, takeProbe } from '../../records/letters/send-brake.ts';
import type { SendContext } from './send.ts';

export interface OneLetter {
  /**
   * When to check a letter again, because sending is stopped; null: continue. Makes no query while sending is not
   * stopped.
   */
  waitUntil(id: string): Promise<Date | null>;
  /** For a letter that did not begin: when to check it again if sending is stopped, else null. */
  foundStopped(id: string): Promise<Date | null>;
  /**
   * Makes the call. While sending is stopped, it does so only for a probe: when one is due and the provider answers
   * `pong`. `call` receives the probe's id, or null.
   */
  post(call: (probe: string | null) => Promise<SendOutcome>): Promise<SendOutcome>;
}

/**
 * After several unknown outcomes in a row, one letter at a time is tried as a probe, after a `pong` of the provider.
 * The state is in the database for all workers; this process only remembers whether sending was stopped, so that it
 * makes no queries otherwise.
 */
export function oneLetterAtATime(ctx: SendContext): OneLetter {
  let met = false;

  async function meet(): Promise<SendBrake['stopped']> {
    const { stopped } = await selectSendBrake(ctx.db);
    met = stopped !== null;
    return stopped;
  }

  async function foundStopped(id: string): Promise<Date | null> {
    const stopped = await meet();
    if (stopped === null) return null;
    const now = ctx.clock.now();
    // Spread over time: thousands of letters must not check often. The first known outcome makes all of them due.
    const spread = spreadOfLooks(await countDueLetters(ctx.db, now), ctx.pollSeconds * 1000);
    const share = Number.parseInt(id.slice(0, 4), 16) / 0xffff;
    return new Date(Math.max(stopped.nextTry.getTime(), now.getTime()) + share * spread);
  }

  /** Acquires the probe; null when it is not available. It expires if its holder dies. */
  async function acquireProbe(tries: number): Promise<string | null> {
    const at = ctx.clock.now();
    const probe = ctx.newId();
    const next = new Date(at.getTime() + pauseBeforeTry(tries + 1, ctx.pollSeconds * 1000));
    if (!(await takeProbe(ctx.db, { probe, next, mostUnknown: ctx.mostUnknown }, at))) return null;
    try {
      await ctx.mail.ready();
      return probe;
    } catch (error) {
      if (!(error instanceof MailUnavailable)) throw error;
      ctx.log.warn({ event: 'sending-still-stopped', error: error.message }, 'the mail provider is not ready');
      return null;
    }
  }

  return {
    foundStopped,
    async waitUntil(id) {
      const stopped = met ? await meet() : null;
      return stopped === null || stopped.nextTry <= ctx.clock.now() ? null : foundStopped(id);
    },
    async post(call) {
      const known = met ? await meet() : null;
      if (known === null) {
        const outcome = await call(null);
        if (outcome.kind !== 'not-begun') return outcome;
      }
      const stopped = known ?? (await meet());
      if (stopped === null) return { kind: 'not-begun' };
      const probe = await acquireProbe(stopped.tries);
      if (probe === null) return { kind: 'not-begun' };
      const outcome = await call(probe);
      if (outcome.kind === 'not-begun') await returnProbe(ctx.db, probe, ctx.clock.now());
      return outcome;
    },
  };
}
