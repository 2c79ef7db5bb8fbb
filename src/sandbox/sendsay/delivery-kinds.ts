/** What becomes of a letter that was sent. */
export const DELIVERIES = [
  'delivered',
  'hard-bounce',
  'soft-bounce',
  /** stays under way */
  'queued',
  /** a status that nobody expects */
  'odd',
  /** no row ever tells */
  'silent',
] as const;
export type Delivery = (typeof DELIVERIES)[number];
