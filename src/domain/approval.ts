/** Contents that a person can approve: a certificate template, or a letter in one language. */
export interface Approvable {
  /** Its folder in the templates folder: `certificate/<id>`, or `letter/<id>/<language>`. */
  subject: string;
  /** SHA-256 (hex) of its contents. */
  hash: string;
}

export const templateContents = (id: string, hash: string): Approvable => ({ subject: `certificate/${id}`, hash });

export const letterContents = (letter: string, language: string, hash: string): Approvable => ({
  subject: `letter/${letter}/${language}`,
  hash,
});

const SHORT = 12;

/** The first digits of a hash, as people read and type them. */
export const shortHash = (hash: string): string => hash.slice(0, SHORT);

/** Subject and hash as one text, as decisions and holds store them. */
export const approvalKey = ({ subject, hash }: Approvable): string => `${subject}@${hash}`;

/** Stored keys for people: `certificate/teacher-kk (1a2b3c4d5e6f), …`. */
export function keysInWords(keys: readonly string[]): string {
  const inWords = (key: string) => {
    const at = key.lastIndexOf('@');
    return `${key.slice(0, at)} (${shortHash(key.slice(at + 1))})`;
  };
  return keys.map(inWords).join(', ');
}
