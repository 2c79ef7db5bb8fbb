import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BULK_VERBS, type BulkVerb } from '../../domain/bulk-verb.ts';
import { REVOCATION_CLASSES } from '../../domain/certificate/revocation.ts';
import { message } from '../../domain/messages/message.ts';
import { plainText } from '../../platform/http/validate.ts';
import { FLAG_KINDS } from '../../records/student-groups/flags.ts';
import { OverrideRequest } from '../override-request.ts';
import { Why } from '../shared-schemas.ts';
import { STUDENT_GROUP_FILTERS } from '../student-group-list.ts';

export const MOST_IDS = 10_000;

const { country, certTemplate, allowSharedEmail, excluded, allow } = OverrideRequest.shape;
/** The overrides that may be the same for many; names, titles and addresses belong to one person. */
const CHANGES = { country, certTemplate, allowSharedEmail, excluded, allow };
const Changes = z.strictObject(CHANGES).superRefine((changes, context) => {
  const known = Object.keys(CHANGES);
  if (known.every((name) => changes[name as keyof typeof CHANGES] === undefined))
    context.addIssue({ code: 'custom', message: message('input.nothing-changed', { known: known.join(', ') }) });
  if (changes.excluded && changes.allow && changes.allow.length > 0)
    context.addIssue({ code: 'custom', path: ['allow'], message: message('input.excluded-and-allowed') });
});

/** As the parameters of the list of student groups; at least one, so that nobody acts on everything by omission. */
const Filter = z
  .strictObject({
    ...STUDENT_GROUP_FILTERS,
    needsReissue: z
      .union([z.boolean(message('input.boolean')), STUDENT_GROUP_FILTERS.needsReissue])
      .describe('Whether a fact that the certificate prints has changed since.'),
  })
  .superRefine((filter, context) => {
    const known = Object.keys(STUDENT_GROUP_FILTERS);
    if (Object.values(filter).every((value) => value === undefined))
      context.addIssue({ code: 'custom', message: message('input.nothing-changed', { known: known.join(', ') }) });
  });

const Selection = z
  .strictObject({
    ids: z
      .array(plainText(250))
      .min(1, message('input.some-ids'))
      .max(MOST_IDS, message('input.most-ids', { most: MOST_IDS }))
      .nullish()
      .describe('Ids of student groups or certificates, or numbers of certificates; for `dismiss`, ids of flags too.'),
    filter: Filter.nullish().describe(
      'The parameters of `GET /api/student-groups`: all student groups that match now.',
    ),
  })
  .superRefine((selection, context) => {
    if ((selection.ids == null) === (selection.filter == null))
      context.addIssue({ code: 'custom', message: message('input.ids-or-filter') });
  })
  .meta({ id: 'Selection', description: 'What a bulk act is about: either ids or a filter.' });
export type Selection = z.output<typeof Selection>;

/** The fields that only one verb has, and whether it needs its field. */
const OF_VERB = {
  changes: { verb: 'override', needed: true },
  allow: { verb: 'allow', needed: true },
  class: { verb: 'revoke', needed: false },
  kinds: { verb: 'dismiss', needed: false },
} as const satisfies Record<string, { verb: BulkVerb; needed: boolean }>;

/** `POST /api/acts/bulk`. */
export const BulkRequest = z
  .strictObject({
    verb: z.enum(BULK_VERBS, message('input.one-of', { known: BULK_VERBS.join(', ') })),
    selection: Selection,
    reason: Why,
    dryRun: z
      .boolean(message('input.boolean'))
      .nullish()
      .describe('Only tell what would be done and what would be refused; nothing is changed.'),
    expect: z
      .int(message('input.whole', { least: 0, most: 1_000_000 }))
      .min(0, message('input.whole', { least: 0, most: 1_000_000 }))
      .max(1_000_000, message('input.whole', { least: 0, most: 1_000_000 }))
      .nullish()
      .describe(
        'The number of rows that was seen, `counts.total` of a dry run. 409 when the selection has another number now.',
      ),
    changes: Changes.nullish().describe(
      'Only for `override`, which needs it: the fields of the single override that may be the same for many.',
    ),
    allow: allow.describe('Only for `allow`, which needs it: names of the criteria that are waived.'),
    class: z
      .enum(REVOCATION_CLASSES, message('input.one-of', { known: REVOCATION_CLASSES.join(', ') }))
      .nullish()
      .describe('Only for `revoke`: kind of reason that the public is told; `other` if absent.'),
    kinds: z
      .array(z.enum(FLAG_KINDS, message('input.one-of', { known: FLAG_KINDS.join(', ') })))
      .min(1, message('input.some-kinds'))
      .nullish()
      .describe('Only for `dismiss`: only flags of these kinds.'),
  })
  .superRefine((request, context) => {
    for (const [field, { verb, needed }] of Object.entries(OF_VERB)) {
      const value = request[field as keyof typeof OF_VERB];
      const isGiven = value != null && !(field === 'allow' && Array.isArray(value) && value.length === 0);
      const fault =
        request.verb !== verb ? isGiven && 'input.only-of-verb' : needed && !isGiven && 'input.needed-for-verb';
      if (fault) context.addIssue({ code: 'custom', path: [field], message: message(fault, { verb }) });
    }
  })
  .transform(({ verb, selection, reason, dryRun, expect, ...own }) => ({
    verb,
    selection,
    reason,
    dryRun: dryRun ?? false,
    expect: expect ?? null,
    /** The field that only this verb has. */
    options: Object.fromEntries(Object.entries(own).filter(([, value]) => value != null)),
  }));
export type BulkRequest = z.output<typeof BulkRequest>;

/** Detects whether two requests with one Idempotency-Key are equal. */
export const hashBulkRequest = (request: BulkRequest): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex');
