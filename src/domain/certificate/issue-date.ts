import { message } from '../messages/message.ts';
import type { Release } from '../student-group/student-group.ts';
import { localTime } from '../time/local-time.ts';

/**
 * Why a person may not give this issue date; null: it may be given. A diploma is not dated before its course ended, unless the
 * LMS itself dates it so. Before the award, a date to come is allowed for a year, because letters wait for it. Afterwards it
 * is not: the credential of a valid certificate would not be valid yet.
 * @param date `YYYY-MM-DD`, as the clock of the release's zone shows it
 * @param known.release null: the LMS has not told it
 * @param known.present the issue date of the certificate; null before its award
 */
export function issueDateFault(
  date: string,
  known: { release: Pick<Release, 'startsOn' | 'endsOn' | 'issueDate' | 'timezone'> | null; present: string | null },
  now: Date,
): string | null {
  const { release, present } = known;
  const today = localTime(now.getTime(), release?.timezone ?? 'UTC').startOf('day');
  const latest = latestOf(
    (present === null ? today.plus({ years: 1 }) : today).toISODate() ?? '',
    release?.issueDate ?? '',
    present ?? '',
  );
  if (date > latest) return message(present === null ? 'input.date-late' : 'input.date-to-come', { latest });
  const ended = release?.endsOn ?? release?.startsOn ?? null;
  if (!release || ended === null) return null;
  const earliest = ended < release.issueDate ? ended : release.issueDate;
  return date < earliest ? message('input.date-early', { earliest }) : null;
}

const latestOf = (...dates: string[]): string => dates.sort().at(-1) ?? '';
