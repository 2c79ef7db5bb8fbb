/** What a key signs: the credential with embedded proof, the credential as token, or the seal of the PDF. */
export const KEY_PURPOSES = ['credential', 'jwt', 'seal'] as const;
