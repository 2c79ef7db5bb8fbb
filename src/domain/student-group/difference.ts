import { message } from '../messages/message.ts';
/** Kinds of differences between the LMS's record, ours and the provider's; docs/coordinate.md documents each. */
export const DIFFERENCE_KINDS = [
  'lms-not-told',
  'lms-told-otherwise',
  'release-moved',
  'lms-shows-revoked',
  'template-differs',
  'name-differs',
  'gone-in-lms',
  'missed-change',
  'letter-unknown',
  'letter-never-left',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/**
 * Safe repairs of a difference: pull and evaluate again, report to the LMS again, or enqueue an overdue step again.
 * No repair sends a second letter.
 */
export const REPAIRS = ['evaluate', 'patch', 'enqueue'] as const;
export type Repair = (typeof REPAIRS)[number];

/** Explanation of a kind of difference, for people. */
export const differenceInWords = (kind: DifferenceKind): string => message(`difference.${kind}`);
