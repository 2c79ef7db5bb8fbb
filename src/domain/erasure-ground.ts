/**
 * Why a person's data are erased. A code and not free text, because the receipt stays for ever. `retention-ended` is of the
 * retention job alone.
 */
export const ERASURE_GROUNDS = ['person-asked', 'consent-withdrawn', 'ordered'] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];
