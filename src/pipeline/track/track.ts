import { provenAbsent, settle } from '../../domain/letter/personal-issue.ts';
import { message } from '../../domain/messages/message.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { copyTo, openCopies } from '../../lifecycle/open-copies.ts';
import { type Mail, MailUnavailable, type Tracker } from '../../ports/mail.ts';
import { selectCertificate } from '../../records/certificates/certificates.ts';
import {
  explainRefusal,
  recordAbsent,
  recordUnseen,
  selectHopeless,
  selectPersonalIssue,
  selectWatched,
  settlePersonalIssue,
  type Watched,
} from '../../records/letters/personal-issues.ts';
import { markOverdueUncertain, recordForeignTracker, TrackerTaken } from '../../records/letters/send-attempts.ts';
import { recordSent, type SentLetter } from '../../records/letters/sent-letters.ts';
import { hold, releaseHold } from '../../records/student-groups/holds.ts';
import type { StageContext } from '../context.ts';
import { logSendingStopped } from '../sending-stopped.ts';
import type { JobData } from '../stages.ts';
import { listTrackersBackTo } from './listing.ts';

export interface TrackContext extends StageContext {
  mail: Mail;
  rulebook: Pick<Rulebook, 'criteria'>;
  pollSeconds: number;
  settleSeconds: number;
}

const WATCHED = 5000;
/** Sent letters recorded per statement. */
const IN_BULK = 500;
/** Other letters settled concurrently; each needs a connection briefly. */
const AT_ONCE = 4;
/** A listing reads this far back beyond the oldest call, because the provider's clock may differ. */
const MARGIN_MS = 5 * 60_000;
/** How long before the provider deletes a tracker an unsettled letter is given to a person. */
const HOLD_BEFORE_MS = { uncertain: 8 * 3_600_000, accepted: 2 * 3_600_000 };
const SLOWEST_MS = 300_000;

/**
 * Stage 6: one sweep of the provider's listing covers all letters in progress. It settles accepted letters and is the
 * only way to resolve uncertain ones. A sweep requests the next one while any letter is open, less often as the
 * letters age.
 */
export function makeTrack(ctx: TrackContext): (job: JobData['track']) => Promise<void> {
  return async () => {
    const now = ctx.clock.now().getTime();
    const firstTry = new Date(now + ctx.pollSeconds * 1000);
    const stopped = await ctx.db.transaction((trx) => markOverdueUncertain(trx, firstTry, ctx.clock.now()));
    if (stopped) logSendingStopped(ctx.log);
    await holdUnresolved(ctx, now);
    const watched = await selectWatched(ctx.db, new Date(now - ctx.mail.remembersMs), WATCHED);
    if (watched.length === 0) return;
    const complete = await sweep(ctx, watched);
    const youngest = Math.max(...watched.map((letter) => letter.startedAt.getTime()));
    const poll = ctx.pollSeconds * 1000;
    // An incomplete listing is repeated soon, without the wait after a complete one.
    const wait = complete ? Math.max(poll, Math.min(SLOWEST_MS, (now - youngest) / 4)) : poll;
    const startAfter = new Date(ctx.clock.now().getTime() + wait);
    await ctx.enqueue(ctx.db, 'track', [{}], { startAfter, singletonKey: sweepKey(wait / poll) });
  };
}

/**
 * Sweeps at about the same time share a key. There is one key per order of magnitude: with a single key, a late sweep
 * would block an earlier one, and an uncertain letter would have to wait.
 */
function sweepKey(polls: number): string {
  return polls > 1 ? `sweep-${Math.ceil(Math.log2(polls))}` : 'fresh';
}

/** Returns whether the listing was complete. */
async function sweep(ctx: TrackContext, watched: Watched[]): Promise<boolean> {
  const begunAt = ctx.clock.now();
  const reachesBackTo = new Date(Math.min(...watched.map((letter) => letter.startedAt.getTime())) - MARGIN_MS);
  // The worker of a running call will report its result.
  const wanted = watched.filter(({ state }) => state !== 'sending').map(({ id }) => id);
  const { byIssue, ownerOf, complete } = await listTrackersBackTo(ctx, reachesBackTo, wanted);
  // First of all, so that a wrongly assigned tracker becomes free for its real letter.
  for (const letter of watched) {
    const owner = letter.state === 'accepted' ? ownerOf.get(letter.trackId ?? '') : undefined;
    if (owner !== undefined && owner !== letter.id) await handleForeignTracker(ctx, letter);
  }
  const look = async (letter: Watched): Promise<void> => {
    const tracker = byIssue.get(letter.id);
    if (tracker) await learn(ctx, letter, tracker);
    else if (complete && letter.state === 'uncertain') await noteUnseen(ctx, letter, begunAt, reachesBackTo);
  };
  const sent = watched.flatMap((letter) => sentAsAccepted(letter, byIssue.get(letter.id)) ?? []);
  for (let from = 0; from < sent.length; from += IN_BULK) {
    await recordSent(ctx.db, sent.slice(from, from + IN_BULK), ctx.clock.now());
  }
  const settled = new Set(sent.map(({ id }) => id));
  const others = watched.filter(({ id }) => !settled.has(id));
  for (let from = 0; from < others.length; from += AT_ONCE) {
    await Promise.all(others.slice(from, from + AT_ONCE).map(look));
  }
  return complete;
}

/** The usual case, which needs no further check: accepted with exactly this tracker, and sent. */
function sentAsAccepted(letter: Watched, tracker: Tracker | undefined): SentLetter | null {
  if (letter.state !== 'accepted' || tracker === undefined || tracker.trackId !== letter.trackId) return null;
  const settled = settle({ state: letter.state }, tracker);
  if (settled.state !== 'sent') return null;
  return { id: letter.id, trackId: settled.trackId, letter: settled.letter, providerIssueId: settled.issueId };
}

/** The provider gave this letter another letter's tracker, so its outcome is unknown now. */
async function handleForeignTracker(ctx: TrackContext, letter: Watched): Promise<void> {
  const { id, requestId, trackId } = letter;
  if (trackId === null) return;
  const at = ctx.clock.now();
  if (!(await ctx.db.transaction((trx) => recordForeignTracker(trx, { id, requestId, trackId }, at)))) return;
  ctx.log.error(
    { event: 'wrong-tracker', personalIssueId: id, trackId },
    'the mail provider sent the tracker of another letter',
  );
  letter.state = 'uncertain';
  letter.trackId = null;
}

async function learn(ctx: TrackContext, letter: Watched, listed: Tracker): Promise<void> {
  let tracker = listed;
  let settled = settle({ state: letter.state }, tracker);
  if (settled.state === 'refused') {
    // A final status may be an error of the listing, so the tracker itself is queried first.
    const asked = await ctx.mail.getTracker(tracker.trackId).catch((error: unknown) => {
      if (error instanceof MailUnavailable) return undefined;
      throw error;
    });
    if (asked === undefined) return;
    tracker = asked ?? tracker;
    settled = settle({ state: letter.state }, tracker);
  }
  if (settled.state === 'unchanged' || (settled.state === 'accepted' && letter.state === 'accepted')) return;
  const settlement = settled.state === 'sent' ? { ...settled, providerIssueId: settled.issueId } : settled;
  const moved = await ctx.db
    .transaction(async (trx) => {
      const at = ctx.clock.now();
      if (!(await settlePersonalIssue(trx, letter.id, settlement, at))) return false;
      const certificate = letter.copyOf === null ? await selectCertificate(trx, letter.certificateId) : null;
      if (certificate === null) return true;
      await releaseHold(trx, certificate, 'track', at, 'outcome-unknown');
      if (settlement.state !== 'refused')
        await openCopies(ctx, trx, letter.id, copyTo(ctx.rulebook.criteria, certificate));
      return true;
    })
    .catch((error: unknown) => {
      if (!(error instanceof TrackerTaken)) throw error;
      // One letter must not stop the sweep for all others.
      ctx.log.error({ event: 'wrong-tracker', personalIssueId: letter.id, trackId: tracker.trackId }, error.message);
      return false;
    });
  if (moved && settled.state === 'refused' && settled.recipient) await explainBlock(ctx, letter.id, settled.detail);
}

/** A skipped recipient usually has a blocked address; ask the provider why. */
async function explainBlock(ctx: TrackContext, id: string, words: string): Promise<void> {
  const issue = await selectPersonalIssue(ctx.db, id);
  const block = await ctx.mail.describeBlock(issue?.recipient ?? '').catch((error: unknown) => {
    if (!(error instanceof MailUnavailable)) throw error;
    return null;
  });
  if (block !== null) await explainRefusal(ctx.db, id, `${words} ${block}.`);
}

/** A complete listing without the letter is evidence; two of them, late enough and far enough apart, are proof. */
async function noteUnseen(ctx: TrackContext, letter: Watched, begunAt: Date, reachesBackTo: Date): Promise<void> {
  const settled = letter.deadline.getTime() + ctx.settleSeconds * 1000;
  const last = letter.unseenIn.at(-1)?.getTime() ?? 0;
  if (begunAt.getTime() < settled || begunAt.getTime() - last < ctx.pollSeconds * 1000) return;
  await recordUnseen(ctx.db, letter.requestId, begunAt);
  const listings = [...letter.unseenIn, begunAt].map((begun) => ({ begunAt: begun, reachesBackTo, complete: true }));
  const call = { callStartedAt: letter.startedAt, callDeadline: letter.deadline };
  const provableMs = ctx.mail.remembersMs - HOLD_BEFORE_MS.uncertain;
  if (!provenAbsent({ ...call, listings, settleSeconds: ctx.settleSeconds, provableMs })) return;
  await ctx.db.transaction(async (trx) => {
    const times = listings.map((listing) => listing.begunAt.toISOString()).join(', ');
    const detail = message('letter.absent', { times });
    const freed = await recordAbsent(trx, letter, detail, ctx.clock.now());
    if (freed) await ctx.enqueue(trx, 'send', [{ id: letter.id }]);
  });
}

/** Letters that no listing can settle any more are held with the evidence, for a person to ask the provider. */
async function holdUnresolved(ctx: TrackContext, now: number): Promise<void> {
  const sinceForgotten = now - ctx.mail.remembersMs;
  const before = {
    uncertain: new Date(sinceForgotten + HOLD_BEFORE_MS.uncertain),
    accepted: new Date(sinceForgotten + HOLD_BEFORE_MS.accepted),
  };
  for (const letter of await selectHopeless(ctx.db, before)) {
    const certificate = await selectCertificate(ctx.db, letter.certificateId);
    if (!certificate) continue;
    const call = { time: letter.startedAt.toISOString(), request: letter.requestId };
    const count = letter.unseenIn.length;
    const detail = count === 0 ? message('no-outcome.unseen', call) : message('no-outcome.absent', { ...call, count });
    const subject = { studentGroupId: certificate.studentGroupId, certificateId: certificate.id };
    const entry = { id: ctx.newId(), ...subject, stage: 'track', code: 'outcome-unknown' as const, detail };
    await hold(ctx.db, entry, ctx.clock.now());
  }
}
