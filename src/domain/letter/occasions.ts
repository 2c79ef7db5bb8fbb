/** Why a letter is written, as the teacher sees it. */
export const LETTER_OCCASIONS = ['first', 'corrected', 'reinstated', 'resent'] as const;
