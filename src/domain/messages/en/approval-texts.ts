/** Approvals of templates and letters, and access of people and programs. As `REASONS`. */
export const APPROVALS = {
  'unknown.contents': 'There is no such template or letter; known: {known}.',
  'input.contents-hash': 'expected the SHA-256 of the contents: 64 hexadecimal digits',
  'state.contents-changed':
    'The contents of {subject} have changed; now they have the hash {hash}. Look at them again, then approve them.',
  'state.not-approved-yet': 'Nobody has approved {subject} with the hash {hash}.',
} as const;
