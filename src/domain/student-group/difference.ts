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

/** Explanations for people. */
export const DIFFERENCE_DETAILS: Record<DifferenceKind, string> = {
  'lms-not-told': 'awarded here, but the LMS does not show "criteria met"',
  'lms-told-otherwise': 'the LMS shows the criteria as met, but nobody has a certificate for it here',
  'release-moved':
    'its certificate is of another release, where the LMS had it at the award: move it back there, or allow a second one',
  'lms-shows-revoked': 'the certificate is revoked here, and the LMS still shows the criteria as met: change it there',
  'template-differs': 'the LMS shows another certTemplate than the certificate has: clear it there, or reissue',
  'name-differs': 'another name is told now than the diploma prints: reissue where the new one is right',
  'gone-in-lms': 'the LMS no longer knows this student group, which has a certificate: revoke it if it must not stand',
  'missed-change': 'judged, but not by what the LMS or a person says now',
  'letter-unknown': 'what became of the letter has not been known for hours: ask the provider, then resolve',
  'letter-never-left': 'the letter should have left, or been prepared, long ago',
};
