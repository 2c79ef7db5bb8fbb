/** Verbs that a coordinator can apply to an existing batch. */
export const BATCH_VERBS = ['pause', 'resume', 'cancel', 'retry', 'confirm'] as const;
export type BatchVerb = (typeof BATCH_VERBS)[number];
