/** How the tracker of a letter goes: `sent` and seven ways of not being sent. */
export const OUTCOMES = [
  'sent',
  /** -1 without a letter number, with an error. */
  'skipped',
  /** -2 */
  'error',
  /** -3 */
  'cancelled',
  /** stays -4 */
  'deferred',
  /** stays -5 */
  'moderation',
  /** -6 */
  'moderation-failed',
  /** stays -7 */
  'paused',
  /** stays 2 */
  'never',
] as const;
export type TrackerOutcome = (typeof OUTCOMES)[number];
