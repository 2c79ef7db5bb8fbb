/** Final outcomes of a letter's tracker: `sent`, and the ways of not being sent. */
export const OUTCOMES = [
  'sent',
  /** tracker status -1 with an error and without a letter number */
  'skipped',
  /** tracker status -2 */
  'error',
  /** tracker status -3 */
  'cancelled',
  /** tracker status stays -4 */
  'deferred',
  /** tracker status stays -5 */
  'moderation',
  /** tracker status -6 */
  'moderation-failed',
  /** tracker status stays -7 */
  'paused',
  /** tracker status stays 2 */
  'never',
] as const;
export type TrackerOutcome = (typeof OUTCOMES)[number];
