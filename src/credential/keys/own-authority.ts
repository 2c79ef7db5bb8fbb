/** Suffix of the subject of a self-made authority. */
export const OWN_AUTHORITY = 'diploma authority';
