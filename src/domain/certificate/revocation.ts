/**
 * Why a certificate is taken away, as anybody may be told who looks it up; the free reason beside it is for coordinators
 * alone.
 */
export const REVOCATION_CLASSES = ['issued-in-error', 'name-wrong', 'withdrawn', 'fraud', 'other'] as const;
export type RevocationClass = (typeof REVOCATION_CLASSES)[number];
