/** States shown to coordinators, in the order of processing; side outcomes follow the state where they branch off. */
export const CERTIFICATE_STATES = [
  'pending',
  'not-met',
  'held',
  'excluded',
  'cancelled',
  'awarded',
  'patched',
  'rendered',
  'waiting',
  'sending',
  'accepted',
  'sent',
  'delivered',
  'bounced',
  'refused',
  'uncertain',
  'revoked',
] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/**
 * Final states of a batch item: a batch is finished when all items have one. `waiting`, `accepted` and `uncertain`
 * keep it running. `rendered` is final where others send the letter.
 */
export const FINAL_FOR_BATCH: ReadonlySet<CertificateState> = new Set<CertificateState>([
  'not-met',
  'held',
  'excluded',
  'cancelled',
  'sent',
  'delivered',
  'bounced',
  'refused',
  'revoked',
]);

/** Whether an item in this state is final for its batch. */
export function isFinalForBatch(state: CertificateState, { noLetter = false } = {}): boolean {
  return FINAL_FOR_BATCH.has(state) || (noLetter && state === 'rendered');
}

const RESOLVED: ReadonlySet<CertificateState> = new Set<CertificateState>([
  'not-met',
  'excluded',
  'cancelled',
  'sent',
  'delivered',
  'revoked',
]);

/** Whether nothing is left to be done for it, as reports count. */
export function isResolved(state: CertificateState, { noLetter = false } = {}): boolean {
  return RESOLVED.has(state) || (noLetter && state === 'rendered');
}
