/** What a coordinator may do to a batch that exists. */
export const BATCH_VERBS = ['pause', 'resume', 'cancel', 'retry'] as const;
export type BatchVerb = (typeof BATCH_VERBS)[number];
