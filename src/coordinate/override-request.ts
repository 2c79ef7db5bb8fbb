import { z } from 'zod';
import { readCountry } from '../domain/country/country-name.ts';
import { type CriteriaFile, programmeFor } from '../domain/criteria/criteria.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { MOVE_WAIVER, OVERRIDE_FIELDS, type OverrideField, waivable } from '../domain/student-group/override.ts';
import { type NameResult, normaliseName, normaliseTitle } from '../domain/text/name.ts';
import type { InputFault } from '../platform/http/problem.ts';
import { plainText } from '../platform/http/validate.ts';
import type { OverrideValue } from '../records/student-groups/overrides.ts';
import { Why } from './shared-schemas.ts';

/** Parses a text and keeps the parsed form; a fault when it cannot be parsed. */
function readText(max: number, read: (text: string) => { value: string } | { fault: string }) {
  return plainText(max).transform((text, context) => {
    const result = read(text);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.fault });
    return z.NEVER;
  });
}

/** The message concerns this request, not the LMS. */
const typed = (result: NameResult) =>
  result.ok ? { value: result.name } : { fault: result.detail.replace(/ in the LMS\b/, '') };
const Name = readText(1000, (text) => typed(normaliseName(text)));
const Title = readText(1000, (text) => typed(normaliseTitle(text)));
const Email = readText(1000, (text) => {
  const result = normaliseEmail(text);
  return result.ok ? { value: result.email } : { fault: result.detail };
});
const Country = readText(200, (text) => {
  const reading = readCountry(text);
  // A misspelt country would be a guess that no other source confirms, so it is refused.
  return reading && reading.match !== 'fuzzy' ? { value: reading.code } : { fault: message('input.no-country') };
});
const Yes = z.boolean(message('input.boolean'));

/**
 * `PATCH /api/student-groups/{id}`: absent fields stay unchanged; null, false and an empty list withdraw an override.
 */
export const OverrideRequest = z
  .strictObject({
    country: Country.nullish().describe('Country as ISO 3166-1 alpha-2 code or name.'),
    fullName: Name.nullish().describe(
      'New full name. If a Latin name exists, `latinName` or `keepLatinName` is required too.',
    ),
    latinName: Name.nullish(),
    projectTitle: Title.nullish(),
    email: Email.nullish().describe('Where letters go from now on.'),
    allowSharedEmail: Yes.nullish().describe('True: another student may have the same address.'),
    certTemplate: plainText(100)
      .nullish()
      .describe('Certificate template to use instead of the template of the batch and the programme.'),
    issueDate: z.iso
      .date(message('input.date'))
      .nullish()
      .describe(
        'The issue date to print instead of the date of the release, `YYYY-MM-DD`: not before the end of the course. Letters wait until a future date.',
      ),
    excluded: Yes.nullish().describe(
      'True: put the student on the deny list. The student then gets no award and no letter.',
    ),
    allow: z
      .array(plainText(200), message('input.criteria'))
      .max(100, message('input.most-criteria', { most: 100 }))
      .transform((names) => [...new Set(names)])
      .nullish()
      .describe('Put the student on the allow list: names of the criteria to waive, such as `progress.score`.'),
    keepLatinName: Yes.nullish().describe('True: keep the Latin name although the full name changes.'),
    takeSuggestion: Yes.nullish().describe(
      "True: accept the suggestion of the current reason as the coordinator's decision. The Latin name is kept.",
    ),
    reason: Why,
  })
  .superRefine((request, context) => {
    if (!request.takeSuggestion && OVERRIDE_FIELDS.every((field) => request[field] === undefined)) {
      context.addIssue({
        code: 'custom',
        message: message('input.nothing-said', { known: OVERRIDE_FIELDS.join(', ') }),
      });
    }
    if (request.excluded && request.allow && request.allow.length > 0)
      context.addIssue({ code: 'custom', path: ['allow'], message: message('input.excluded-and-allowed') });
  });
export type OverrideRequest = z.infer<typeof OverrideRequest>;

export type OverrideChanges = Partial<Record<OverrideField, OverrideValue>>;

/** The values to store, one for each given field; null withdraws the override. */
export function changesOf(request: OverrideRequest): OverrideChanges {
  const given = OVERRIDE_FIELDS.filter((field) => request[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, toValue(request[field])]));
}

function toValue(value: OverrideRequest[OverrideField]): OverrideValue {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0) ? null : value;
}

/** Names in the request that do not exist in the templates folder or in this release. */
export function unknownNames(
  changes: OverrideChanges,
  known: { templates: Iterable<string>; criteria: CriteriaFile; releaseId: string | null },
): InputFault[] {
  const faults: InputFault[] = [];
  const templates = [...known.templates].sort();
  const { certTemplate, allow } = changes;
  if (typeof certTemplate === 'string' && !templates.includes(certTemplate))
    faults.push({
      pointer: '/certTemplate',
      detail: message('input.unknown-template', { known: templates.join(', ') || '-' }),
    });
  if (!Array.isArray(allow)) return faults;
  const programme = known.releaseId === null ? null : programmeFor(known.criteria, known.releaseId);
  if (programme === null && allow.every((name) => name === MOVE_WAIVER)) return faults;
  if (programme === null) return [...faults, { pointer: '/allow', detail: message('input.no-programme') }];
  const names = waivable(programme.require);
  allow.forEach((name, index) => {
    if (names.includes(name) || name === MOVE_WAIVER) return;
    const code = name.startsWith('consent.') ? 'input.consent' : 'input.unknown-criterion';
    faults.push({ pointer: `/allow/${index}`, detail: message(code, { known: names.join(', ') }) });
  });
  return faults;
}
