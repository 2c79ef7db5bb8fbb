import { type DeliveryReport, firstOutcome } from '../../domain/letter/delivery.ts';
import { type Deliveries, type Mail, MailUnavailable } from '../../ports/mail.ts';
import {
  type AskTimes,
  recordAsked,
  recordDelivery,
  selectIssuesDue,
  selectIssuesNotAskedSince,
  selectNextAsk,
  selectOpenLetters,
} from '../../records/letters/deliveries.ts';
import type { StageContext } from '../context.ts';
import type { JobData } from '../stages.ts';

export interface DeliveryContext extends StageContext {
  mail: Pick<Mail, 'deliveries' | 'pausedUntil'>;
}

const ISSUES = 50;
const PAGE = 1000;
/** Adjacent pages overlap, because new letters shift the rows. */
const OVERLAP = 20;
/** After this many pages without a new row, the provider repeats itself. */
const IDLE_PAGES = 3;
const SLOWEST_MS = 6 * 3_600_000;
/** Callbacks come in bundles; a letter is queried because of them at most once in this time. */
const HASTENED_MS = 60_000;
/** Later queries are left to the regular watch, which runs every few minutes. */
const SOON_MS = 5 * 60_000;
const SOONEST_MS = 1000;

/**
 * After track: queries the delivery results of sent letters. One query covers an issue of the provider, that is, a
 * day's letters. Queries become rarer as letters age. Without a declared mapping nothing is queried.
 */
export function makeDelivery(ctx: DeliveryContext): (job: JobData['delivery']) => Promise<void> {
  return async ({ hastened = false }) => {
    const { deliveries } = ctx.mail;
    if (deliveries === null || ctx.mail.pausedUntil() !== null) return;
    const { askAfterMs, untilMs } = deliveries;
    const now = ctx.clock.now();
    const times: AskTimes = { now, askAfterMs, untilMs, slowestMs: Math.max(SLOWEST_MS, askAfterMs) };
    const asked: string[] = [];
    let broken = false;
    for (const issueId of await issuesToAsk(ctx, times, hastened)) {
      broken = !(await askAbout(ctx, deliveries, times, issueId));
      if (broken) break;
      asked.push(issueId);
    }
    if (hastened && !broken) await requeryLater(ctx, times, asked);
    if (!broken) await askAgain(ctx, times);
  };
}

function issuesToAsk(ctx: DeliveryContext, times: AskTimes, hastened: boolean): Promise<string[]> {
  if (!hastened) return selectIssuesDue(ctx.db, times, ISSUES);
  return selectIssuesNotAskedSince(ctx.db, times, new Date(times.now.getTime() - HASTENED_MS), ISSUES);
}

/** A callback right after a query reports something that the query could not see, so query again later. */
async function requeryLater(ctx: DeliveryContext, times: AskTimes, asked: string[]): Promise<void> {
  const all = await selectIssuesNotAskedSince(ctx.db, times, times.now, ISSUES + asked.length);
  if (all.every((issueId) => asked.includes(issueId))) return;
  const startAfter = new Date(times.now.getTime() + HASTENED_MS);
  await ctx.enqueue(ctx.db, 'delivery', [{ hastened: true }], { startAfter, singletonKey: 'hastened' });
}

async function askAgain(ctx: DeliveryContext, times: AskTimes): Promise<void> {
  const due = await selectNextAsk(ctx.db, times);
  const now = ctx.clock.now().getTime();
  if (due === null || due.getTime() > now + SOON_MS) return;
  const startAfter = new Date(Math.max(due.getTime(), now + SOONEST_MS));
  await ctx.enqueue(ctx.db, 'delivery', [{}], { startAfter, singletonKey: 'next' });
}

/** False when the provider was unreachable; results until then are recorded. */
async function askAbout(
  ctx: DeliveryContext,
  deliveries: Deliveries,
  times: AskTimes,
  issueId: string,
): Promise<boolean> {
  const letters = await selectOpenLetters(ctx.db, times, issueId);
  const { reports, complete } = await readIssue(ctx, deliveries, issueId, new Set(letters.map(({ letter }) => letter)));
  const counts = { delivered: 0, 'hard-bounce': 0, 'soft-bounce': 0 };
  for (const { id, letter } of letters) {
    const outcome = firstOutcome(reports.get(letter) ?? []);
    if (outcome && (await recordDelivery(ctx.db, id, outcome, ctx.clock.now()))) counts[outcome.outcome] += 1;
  }
  if (complete) {
    await recordAsked(
      ctx.db,
      letters.map(({ id }) => id),
      times.now,
    );
  }
  ctx.log.info(
    { event: 'deliveries', issueId, open: letters.length, ...counts, complete },
    'delivery results of letters were requested',
  );
  return complete;
}

interface Reading {
  /** Reports of the wanted letters, by letter number. */
  reports: Map<string, DeliveryReport[]>;
  complete: boolean;
}

/** Reads an issue page by page until its end, or until every wanted letter has an outcome. */
async function readIssue(
  ctx: DeliveryContext,
  deliveries: Deliveries,
  issueId: string,
  wanted: ReadonlySet<string>,
): Promise<Reading> {
  const reports = new Map<string, DeliveryReport[]>();
  const seen = new Set<string>();
  const odd: Oddities = { unreadable: 0, otherIssues: 0, statuses: new Map() };
  let complete = true;
  try {
    for (let skip = 0, shared = 0, idle = 0; idle < IDLE_PAGES; ) {
      const page = await deliveries.list({ issueId, first: PAGE, skip });
      const known = seen.size;
      odd.unreadable += page.unreadable;
      for (const report of page.reports) {
        // Letter numbers alone prove nothing: if the filter was not applied, other issues' letters are shown.
        if (report.issueId !== issueId) odd.otherIssues += 1;
        seen.add(JSON.stringify([report.issueId, report.letter, report.status, report.at]));
        if (report.issueId !== issueId || !wanted.has(report.letter)) continue;
        reports.set(report.letter, [...(reports.get(report.letter) ?? []), report]);
        if (report.outcome === 'unknown')
          odd.statuses.set(report.status, (odd.statuses.get(report.status) ?? new Set()).add(report.letter));
      }
      const rows = page.reports.length + page.unreadable;
      if (page.lastPage || rows <= shared) break;
      idle = seen.size === known ? idle + 1 : 0;
      // The provider's pages may be shorter than requested.
      shared = Math.min(OVERLAP, Math.floor(rows / 2));
      skip += rows - shared;
    }
  } catch (error) {
    if (!(error instanceof MailUnavailable)) throw error;
    ctx.log.warn(
      { event: 'deliveries-unavailable', error: error.message },
      'the mail provider did not answer whether letters were delivered',
    );
    complete = false;
  }
  warnOfOddities(ctx, issueId, odd);
  return { reports, complete };
}

interface Oddities {
  unreadable: number;
  otherIssues: number;
  /** Statuses that sendsay.yaml does not define, with their letters. */
  statuses: Map<string, Set<string>>;
}

function warnOfOddities(ctx: DeliveryContext, issueId: string, odd: Oddities): void {
  if (odd.statuses.size > 0) {
    const statuses = Object.fromEntries([...odd.statuses].slice(0, 10).map(([status, { size }]) => [status, size]));
    const text = 'the mail provider sent statuses that are not defined in its file; the letters stay "sent"';
    ctx.log.warn({ event: 'delivery-status-unknown', issueId, statuses }, text);
  }
  const { unreadable, otherIssues } = odd;
  if (unreadable + otherIssues > 0) {
    const text =
      'rows without letter and issue number, or of other issues: check how delivery is defined for this mail provider';
    ctx.log.warn({ event: 'delivery-rows-unusable', issueId, unreadable, otherIssues }, text);
  }
}
