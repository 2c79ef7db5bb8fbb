import type { Clock } from '../ports/clock.ts';
import { type ReleaseWords, selectReleaseWords } from '../records/certificates/lookup.ts';
import type { Db } from '../records/rows.ts';

/** Texts of a release by its id; null: none are known. */
export type Translations = (releaseId: string) => Promise<ReleaseWords | null>;

/** How long texts are used without asking again, in milliseconds. They only translate what a diploma prints. */
const KEPT = 60_000;
/** More releases than readers look at within a minute. */
const MOST = 1000;

/** Reads the texts of releases, and keeps them for a minute: many readers look at diplomas of few releases. */
export function createTranslations(db: Db, clock: Pick<Clock, 'now'>): Translations {
  const kept = new Map<string, { until: number; words: ReleaseWords | null }>();
  return async (releaseId) => {
    const now = clock.now().getTime();
    const known = kept.get(releaseId);
    if (known !== undefined && known.until > now) return known.words;
    const words = await selectReleaseWords(db, releaseId);
    if (kept.size >= MOST) kept.clear();
    kept.set(releaseId, { until: now + KEPT, words });
    return words;
  };
}
