import { z } from 'zod';
import { CERTIFICATE_STATES } from '../domain/certificate/certificate-state.ts';
import { plainText } from '../platform/http/validate.ts';
import { FLAG_KINDS } from '../records/student-groups/flags.ts';

/** Schemas that several answers of the API share. */

export const StateAnswer = z.enum(CERTIFICATE_STATES).meta({
  id: 'State',
  description: 'State of a student group or its certificate. `docs/coordinate.md` explains each state.',
});

export const ReasonAnswer = z
  .object({
    code: z.string().describe('Stable code, such as `country-unknown`. `docs/coordinate.md` lists all codes.'),
    detail: z
      .string()
      .describe('One line that says what happened, where, and what to do. It contains no personal data.'),
    suggestion: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Only with `name-doubtful` and `email-invalid`: the text that is probably correct; null if there is no suggestion.',
      ),
  })
  .meta({ id: 'Reason', description: 'The reason why something is held, refused or excluded.' });

export const CountryCode = z.string().describe('ISO 3166-1 alpha-2 code, such as `KZ`.');
export const Instant = z.iso.datetime();

export const StateFilter = z
  .enum(CERTIFICATE_STATES, `expected one of ${CERTIFICATE_STATES.join(', ')}`)
  .optional()
  .describe('Show only entries in this state.');

/** A person's reason for an action; stored in the audit record. */
export const Why = plainText(2000, { lines: true }).describe(
  'Reason for the action, stored with it. At most 2000 characters.',
);

export const FlagAnswer = z
  .object({
    id: z.uuid(),
    studentGroupId: z.string(),
    certificateId: z.uuid().nullable(),
    kind: z.enum(FLAG_KINDS),
    detail: z.string().describe('The finding, in one line.'),
    raisedAt: Instant,
    endedAt: Instant.nullable().describe('Time when the flag was closed; null while it is open.'),
  })
  .meta({ id: 'Flag', description: 'A flag: a finding that a person should check, although it stops nothing.' });

/** Fictional ids for the examples. */
export const SAMPLE = {
  batch: '019ac0de-0b00-7000-8000-000000000001',
  certificate: '019ac0de-0c00-7000-8000-000000000001',
  decision: '019ac0de-0d00-7000-8000-000000000001',
  letter: '019ac0de-0e00-7000-8000-000000000001',
  act: '019ac0de-0f00-7000-8000-000000000001',
  flag: '019ac0de-1000-7000-8000-000000000001',
  bulk: '019ac0de-1100-7000-8000-000000000001',
  code: 'K7Q2M-9XHDA-3TR6W-B8ZNE-5VJ4P',
  number: 'INT-26-000042',
  release: 'rel_2026a',
  studentGroup: 'sg_0001',
  student: 'st_0001',
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
} as const;
