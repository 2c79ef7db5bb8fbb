/** Delivery result of a sent letter. */
export const DELIVERIES = [
  'delivered',
  'hard-bounce',
  'soft-bounce',
  /** the letter stays in progress */
  'queued',
  /** a status that the documentation does not list */
  'odd',
  /** the letter never appears in statistics */
  'silent',
] as const;
export type Delivery = (typeof DELIVERIES)[number];
