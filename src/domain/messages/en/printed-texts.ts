/** What a person should check before diplomas print names and texts of the school. As `REASONS`. */
export const PRINTED_TEXTS = {
  'text-foreign':
    '{field} is printed in the letters of another language by {templates}; declare it for these languages in {file}',
  'signatory-unknown':
    'release.signatory.name stands under no signatory in issuer.yaml, so the name is printed as the LMS writes it, without a signature; declare the person there, or add this form of the name to "knownAs"',
} as const;
