/** States a coordinator sees, in the order of a certificate's way; off-path outcomes stand where they branch off. */
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

/** A batch is finished when every item is in one of these; `waiting`, `accepted` and `uncertain` keep it running. */
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

/** Whether an item in `state` needs nothing more for its batch to finish. */
export function isFinalForBatch(state: CertificateState): boolean {
  return FINAL_FOR_BATCH.has(state);
}
