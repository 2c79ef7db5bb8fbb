/** Delivery result of a sent letter. */
export const DELIVERIES = [
  'delivered',
  'hard-bounce',
  'soft-bounce',
  /** stays in progress */
  'queued',
  /** a status outside the documentation */
  'odd',
  /** never appears in statistics */
  'silent',
] as const;
export type Delivery = (typeof DELIVERIES)[number];
