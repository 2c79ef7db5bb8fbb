/** Public reason class of a revocation; the free-text reason is for coordinators only. */
export const REVOCATION_CLASSES = ['issued-in-error', 'name-wrong', 'withdrawn', 'fraud', 'other'] as const;
export type RevocationClass = (typeof REVOCATION_CLASSES)[number];
