/** What a coordinator can do to many subjects at once, each as the single act does it. */
export const BULK_VERBS = [
  'override',
  'exclude',
  'allow',
  'retry',
  'resend',
  'reissue',
  'revoke',
  'reinstate',
  'dismiss',
] as const;
export type BulkVerb = (typeof BULK_VERBS)[number];

/** What the rows of each verb are. */
export const SUBJECT_OF = {
  override: 'student-group',
  exclude: 'student-group',
  allow: 'student-group',
  retry: 'student-group',
  resend: 'certificate',
  reissue: 'certificate',
  revoke: 'certificate',
  reinstate: 'certificate',
  dismiss: 'flag',
} as const satisfies Record<BulkVerb, string>;
export type BulkSubject = (typeof SUBJECT_OF)[BulkVerb];

/** Acts that many people notice and that cannot be taken back without a trace. */
const NEEDS_SECOND_PERSON: ReadonlySet<BulkVerb> = new Set(['revoke', 'reissue']);
/** Up to this number of rows, one person is enough. */
export const MOST_ALONE = 50;

export const needsSecondPersonFor = (verb: BulkVerb, rows: number): boolean =>
  NEEDS_SECOND_PERSON.has(verb) && rows > MOST_ALONE;

/** Verbs on an existing bulk act. */
export const BULK_ACT_VERBS = ['pause', 'resume', 'cancel', 'confirm'] as const;
export type BulkActVerb = (typeof BULK_ACT_VERBS)[number];

/** The result of a row; `possible` only in a dry run. */
export const ROW_RESULTS = ['possible', 'done', 'refused', 'failed'] as const;
export type RowResult = (typeof ROW_RESULTS)[number];

/** Rows without a result are `pending`, or `cancelled` with their bulk act. */
export const ROW_STATES = [...ROW_RESULTS, 'pending', 'cancelled'] as const;
export type RowState = (typeof ROW_STATES)[number];
