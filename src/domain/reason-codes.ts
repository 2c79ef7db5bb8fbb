import type { CertificateState } from './certificate/certificate-state.ts';
import type { RevocationClass } from './certificate/revocation.ts';

/** All reason codes of Gramota. Only a mail provider adds others: its own error ids, as reasons of `refused`. */

/** Reasons why a certificate or student group waits for a person; docs/coordinate.md documents each. */
export const HELD_REASONS = [
  'country-unknown',
  'country-conflict',
  'name-unprintable',
  'name-too-long',
  'name-doubtful',
  'grade-unknown',
  'email-invalid',
  'email-shared',
  'recipient-blocked',
  'volume',
  'template-missing',
  'not-approved',
  'window-exhausted',
  'lms-conflict',
  'lms-gone',
  'lms-invalid',
  'consent-withdrawn',
  'excluded',
  'outcome-unknown',
  'diploma-check-failed',
  'signing-key-missing',
  'hard-bounce',
  'internal-error',
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

/** All others, with the states that show them; docs/coordinate.md documents each. Empty: an answer of the API alone. */
export const OTHER_REASONS = {
  'awaiting-batch': ['pending'],
  'awaiting-confirm': ['pending'],
  'no-programme': ['not-met'],
  'criteria-not-met': ['not-met'],
  'already-awarded': ['excluded'],
  'not-in-batch': ['excluded'],
  'lms-unavailable': ['pending', 'awarded', 'waiting'],
  'lms-unreadable': ['pending', 'awarded', 'waiting'],
  'lms-paging': [],
  'send-window': ['waiting'],
  'provider-limit': ['waiting'],
  'soft-bounce': ['bounced'],
  superseded: ['cancelled'],
  revoked: ['cancelled'],
  'batch-cancelled': ['cancelled'],
  'by-person': ['sent', 'cancelled'],
  'batch-paused': [],
  erased: ['excluded'],
  'lms-not-told': [],
  'not-rendered': [],
  'under-way': [],
  'facts-changed': [],
  'letter-by-others': [],
} as const satisfies Record<string, readonly CertificateState[]>;

export type ReasonCode = HeldReason | keyof typeof OTHER_REASONS | RevocationClass;
