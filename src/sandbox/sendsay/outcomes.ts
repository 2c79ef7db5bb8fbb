/** Final outcomes of a letter's tracker: `sent`, and the ways of not being sent. */
export const OUTCOMES = [
  'sent',
  /** status -1 without a letter number, with an error */
  'skipped',
  /** status -2 */
  'error',
  /** status -3 */
  'cancelled',
  /** stays at -4 */
  'deferred',
  /** stays at -5 */
  'moderation',
  /** status -6 */
  'moderation-failed',
  /** stays at -7 */
  'paused',
  /** stays at 2 */
  'never',
] as const;
export type TrackerOutcome = (typeof OUTCOMES)[number];
