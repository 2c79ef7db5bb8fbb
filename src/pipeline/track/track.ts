import { provenAbsent, settle } from '../../domain/personal-issue.ts';
import { type Mail, MailUnavailable, type Tracker } from '../../ports/mail.ts';
import { selectCertificate } from '../../records/certificates.ts';
import { hold } from '../../records/holds.ts';
import {
  insertListing,
  markOverdueUncertain,
  recordAbsent,
  selectListingsSince,
  selectPersonalIssue,
  selectWatched,
  settlePersonalIssue,
  type Watched,
} from '../../records/personal-issues.ts';
import { backoff, type JobData, type StageContext } from '../context.ts';

export interface TrackContext extends StageContext {
  mail: Mail;
  pollSeconds: number;
  settleSeconds: number;
}

const WATCHED = 5000;
const PAGE = 200;
/** A listing reaches this far behind the oldest call it is asked about: clocks differ, and trackers are dated in seconds. */
const MARGIN_MS = 60_000;
/** The provider forgets personal trackers after two days; what is not settled by then is a person's to settle. */
const HOPELESS_MS = { uncertain: 40 * 3_600_000, accepted: 46 * 3_600_000 };
const FORGOTTEN_MS = 48 * 3_600_000;

/**
 * Stage 6: one sweep of the provider's listing serves every letter under way; it tells what became of accepted ones and
 * is the only resolver of uncertain ones. The sweep asks for the next one while anything is open.
 */
export function makeTrack(ctx: TrackContext): (job: JobData['track']) => Promise<void> {
  return async ({ round }) => {
    await markOverdueUncertain(ctx.db, ctx.clock.now());
    const watched = await selectWatched(ctx.db, new Date(ctx.clock.now().getTime() - FORGOTTEN_MS), WATCHED);
    if (watched.length === 0) return;
    const moved = await sweep(ctx, watched);
    const next = moved ? 0 : round + 1;
    const startAfter = new Date(
      ctx.clock.now().getTime() + backoff(Math.max(0, next - 5), ctx.pollSeconds, Math.max(300, ctx.pollSeconds)),
    );
    await ctx.enqueue(ctx.db, 'track', [{ round: next }], { startAfter, singletonKey: 'sweep' });
  };
}

async function sweep(ctx: TrackContext, watched: Watched[]): Promise<boolean> {
  const begunAt = ctx.clock.now();
  const oldest = new Date(Math.min(...watched.map((letter) => letter.startedAt.getTime())) - MARGIN_MS);
  let found: Map<string, Tracker>;
  try {
    found = await listBackTo(ctx, oldest);
  } catch (error) {
    if (!(error instanceof MailUnavailable)) throw error;
    ctx.log.warn({ error: error.message }, 'the listing of trackers did not come, will ask again');
    return false;
  }
  await insertListing(ctx.db, { id: ctx.newId(), begunAt, reachesBackTo: oldest, trackers: found.size });
  const listings = await selectListingsSince(ctx.db, oldest);
  let moved = false;
  for (const letter of watched) {
    const tracker = found.get(letter.id);
    if (tracker) moved = (await learn(ctx, letter, tracker)) || moved;
    else moved = (await resolveUnseen(ctx, letter, listings)) || moved;
  }
  return moved;
}

/** Every tracker of a personal issue back to an instant, by our own id. Pages may shift while read; repeats are harmless. */
async function listBackTo(ctx: TrackContext, oldest: Date): Promise<Map<string, Tracker>> {
  const found = new Map<string, Tracker>();
  for (let skip = 0; ; skip += PAGE) {
    const page = await ctx.mail.listTrackers({ first: PAGE, skip });
    for (const tracker of page.trackers) {
      if (tracker.info !== null && !found.has(tracker.info)) found.set(tracker.info, tracker);
    }
    const last = page.trackers.at(-1);
    if (page.lastPage || last === undefined || last.createdAt < oldest) return found;
  }
}

async function learn(ctx: TrackContext, letter: Watched, tracker: Tracker): Promise<boolean> {
  const told = settle({ state: letter.state }, tracker);
  const at = ctx.clock.now();
  const { trackId } = tracker;
  if (told.state === 'sent') {
    return settlePersonalIssue(
      ctx.db,
      letter.id,
      { state: 'sent', trackId, letter: told.letter, providerIssueId: told.issueId },
      at,
    );
  }
  if (told.state === 'refused') {
    return settlePersonalIssue(
      ctx.db,
      letter.id,
      { state: 'refused', trackId, code: told.code, detail: told.detail },
      at,
    );
  }
  return told.state === 'accepted' && settlePersonalIssue(ctx.db, letter.id, { state: 'accepted', trackId }, at);
}

/** Not in the listing: proven never to have arrived → a new attempt; too old to be proven → a person. */
async function resolveUnseen(
  ctx: TrackContext,
  letter: Watched,
  listings: { begunAt: Date; reachesBackTo: Date; complete: boolean }[],
): Promise<boolean> {
  const at = ctx.clock.now();
  const { startedAt, deadline, id } = letter;
  if (
    letter.state === 'uncertain' &&
    provenAbsent({ callStartedAt: startedAt, callDeadline: deadline, listings, settleSeconds: ctx.settleSeconds })
  ) {
    return ctx.db.transaction(async (trx) => {
      const again = await recordAbsent(trx, id, at, 'two complete listings show that the provider never had it', at);
      if (again) await ctx.enqueue(trx, 'send', [{ id }]);
      return again;
    });
  }
  if (at.getTime() - startedAt.getTime() < (letter.state === 'accepted' ? HOPELESS_MS.accepted : HOPELESS_MS.uncertain))
    return false;
  const issue = await selectPersonalIssue(ctx.db, id);
  const certificate = issue && (await selectCertificate(ctx.db, issue.certificateId));
  if (certificate) {
    const detail = `no listing proves what became of the call of ${startedAt.toISOString()}; ask the provider and record the answer`;
    const subject = { studentGroupId: certificate.studentGroupId, certificateId: certificate.id };
    await hold(ctx.db, { id: ctx.newId(), ...subject, stage: 'track', code: 'outcome-unknown', detail }, at);
  }
  return false;
}
