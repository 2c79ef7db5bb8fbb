import { type Mail, MailUnavailable, type Tracker } from '../../ports/mail.ts';
import { selectKnownTrackers } from '../../records/letters/personal-issues.ts';
import type { StageContext } from '../context.ts';

export interface ListingContext extends StageContext {
  mail: Mail;
}

export interface Listing {
  /** Personal issue (letter) → its tracker at the provider. */
  byIssue: Map<string, Tracker>;
  /** `trackId` → the personal issue (letter) of the tracker. */
  ownerOf: Map<string, string>;
  /**
   * True when all requested trackers were found, or when all trackers back to the given time were read. Only then a
   * missing tracker proves something.
   */
  complete: boolean;
}

const PAGE = 500;
/** Trackers are dated in seconds and page boundaries may fall between equal dates, so adjacent pages must overlap. */
const OVERLAP = 50;
/** A tracker appears some time after its call, so the newest known ones may be missing from the listing. */
const APPEARS_WITHIN_MS = 60_000;

/**
 * Reads the provider's trackers of personal issues, newest first, back to a given time, or until all of `wanted` (at
 * least one personal issue) were found. When reading fails, it returns what was read, with `complete` false.
 */
export async function listTrackersBackTo(
  ctx: ListingContext,
  oldest: Date,
  wanted: readonly string[] = [],
): Promise<Listing> {
  const begunAt = ctx.clock.now();
  const byIssue = new Map<string, Tracker>();
  const ownerOf = new Map<string, string>();
  const ids = new Set<string>();
  let complete = true;
  let previousLast: string | null = null;
  try {
    for (let skip = 0; ; ) {
      const page = await ctx.mail.listTrackers({ first: PAGE, skip });
      const known = ids.size;
      if (page.unreadable > 0) complete = false;
      if (previousLast !== null && !page.trackers.some((tracker) => tracker.trackId === previousLast)) complete = false;
      for (const tracker of page.trackers) {
        ids.add(tracker.trackId);
        const { personalIssueId } = tracker;
        if (personalIssueId === null) continue;
        ownerOf.set(tracker.trackId, personalIssueId);
        byIssue.set(personalIssueId, prefer(ctx, byIssue.get(personalIssueId), tracker));
      }
      if (wanted.length > 0 && wanted.every((id) => byIssue.has(id))) return { byIssue, ownerOf, complete };
      const last = page.trackers.at(-1);
      if (page.lastPage || (last !== undefined && last.createdAt < oldest)) break;
      if (last === undefined) {
        complete = false;
        break;
      }
      // A page without new rows ends a listing that has no end mark.
      if (skip > 0 && ids.size === known && page.unreadable === 0) break;
      previousLast = last.trackId;
      // The provider's pages may be shorter than requested.
      const rows = page.trackers.length + page.unreadable;
      skip += rows - Math.min(OVERLAP, Math.floor(rows / 2));
    }
  } catch (error) {
    if (!(error instanceof MailUnavailable)) throw error;
    ctx.log.warn({ error: error.message }, 'reading the list of trackers failed, it will be read again');
    complete = false;
  }
  return { byIssue, ownerOf, complete: complete && (await containsKnownTrackers(ctx, ids, oldest, begunAt)) };
}

/** A letter has one tracker. If there are ever two, the one that sent the letter counts, and the log reports it. */
function prefer(ctx: ListingContext, known: Tracker | undefined, found: Tracker): Tracker {
  if (known === undefined || known.trackId === found.trackId) return found;
  ctx.log.error(
    { event: 'two-trackers', personalIssueId: found.personalIssueId, trackIds: [known.trackId, found.trackId] },
    'the mail provider has two trackers for one letter',
  );
  return known.outcome.kind !== 'sent' && found.outcome.kind === 'sent' ? found : known;
}

/** A listing without any tracker that it should contain was cut or filtered, so it proves nothing. */
async function containsKnownTrackers(
  ctx: ListingContext,
  listed: Set<string>,
  oldest: Date,
  begunAt: Date,
): Promise<boolean> {
  const known = await selectKnownTrackers(ctx.db, oldest, new Date(begunAt.getTime() - APPEARS_WITHIN_MS));
  if (known.length === 0 || known.some((trackId) => listed.has(trackId))) return true;
  ctx.log.error(
    { event: 'listing-incomplete', known: known.length },
    'the list of trackers does not contain all trackers that Gramota knows',
  );
  return false;
}
