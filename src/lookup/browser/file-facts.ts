import { openPdf, type PdfFile, textOf } from './pdf-text.ts';

/**
 * Runs in the reader's browser, and is loaded only for a file that is not an issued one: reads what a PDF says about itself,
 * and compares it with the page. Nothing is sent anywhere.
 */

/** What a PDF says about itself, as far as it can be read. */
export interface DiplomaInFile {
  /** The credential attached to a diploma; null: none is attached. Its signature is not checked here. */
  attached: { id: string; facts: Record<string, string> } | null;
  /** Text of all pages, as it is drawn. */
  text: string;
}

/** A fact as the page shows it. */
export interface ComparedFact {
  key: string;
  label: string;
  /** The printed value; dates as `YYYY-MM-DD`, hours as a plain number. */
  value: string;
  /** The value as the page writes it. */
  shown: string;
}

/** What the page says about a diploma. */
export interface ComparedFacts {
  /** Lookup code without dashes. */
  code: string;
  /** Addresses of all diplomas of this installation begin with it. */
  prefix: string;
  facts: ComparedFact[];
}

/** A fact that the file does not have as the page does; `inFile` null: the text of its pages lacks it. */
export interface FactDifference {
  label: string;
  inFile: string | null;
  onPage: string;
}

export type Comparison =
  | { kind: 'facts-differ' | 'other'; differences: FactDifference[] }
  | { kind: 'facts-agree' | 'not-ours'; differences?: undefined };

/** Letters and digits alone: spaces, line ends, case and forms of letters say nothing about a fact. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]/gu, '');

/** A file belongs to the diploma when its attached credential or its text names the code, or its text the number. */
export function compareFacts({ attached, text }: DiplomaInFile, page: ComparedFacts): Comparison {
  const shows = shownIn(text);
  const ours = attached?.id.startsWith(page.prefix) ? attached : null;
  const code = ours?.id.slice(page.prefix.length).split('/')[0] ?? null;
  const told = page.facts.flatMap(({ key, label, value, shown }) => {
    const inFile = ours?.facts[key];
    return inFile === undefined || inFile === value ? [] : [{ label, inFile, onPage: shown }];
  });
  if (code !== null && code !== page.code) return { kind: 'other', differences: told };
  const number = page.facts.find(({ key }) => key === 'number');
  if (code === null && !shows('code', page.code) && !(number && shows('number', number.value)))
    return { kind: 'not-ours' };
  const lacking = page.facts.filter(
    ({ key, label, value }) => !told.some((one) => one.label === label) && !shows(key, value),
  );
  const differences = [...told, ...lacking.map(({ label, shown }) => ({ label, inFile: null, onPage: shown }))];
  return differences.length === 0 ? { kind: 'facts-agree' } : { kind: 'facts-differ', differences };
}

/** Whether a text has a fact; of a date, year and day near each other, because its form depends on the template. */
function shownIn(text: string): (key: string, value: string) => boolean {
  const drawn = fold(text);
  // Programs that save a file again may write right-to-left text backwards.
  const backwards = [...drawn].reverse().join('');
  const has = (pattern: string): boolean => new RegExp(pattern).test(text);
  const alone = (digits: string): string => `(?<![0-9])0?${digits}(?![0-9])`;
  return (key, value) => {
    const [year = '', , day = ''] = value.split('-');
    const [first, second] = [alone(year), alone(String(Number(day)))];
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return has(`${first}.{0,40}?${second}|${second}.{0,40}?${first}`);
    if (key === 'hoursTotal') return has(alone(value.replace('.', '[.,]')));
    return drawn.includes(fold(value)) || backwards.includes(fold(value));
  };
}

/** @throws when it cannot be read */
export async function readFacts(bytes: Uint8Array): Promise<DiplomaInFile> {
  const file = await openPdf(bytes);
  return { attached: attachedIn(file), text: textOf(file) };
}

interface Credential {
  id: string;
  issuer: { name: string };
  validFrom: string;
  validUntil?: string;
  credentialSubject: {
    licenseNumber: string;
    achievement: { name: string };
    identifier: { identityType: string; hashed: boolean; identityHash: string }[];
  };
}

/** The last attached credential: later parts of a file replace earlier ones. */
function attachedIn(file: PdfFile): DiplomaInFile['attached'] {
  for (const bytes of [...file.streams.values()].reverse()) {
    if (bytes[0] !== 0x7b) continue;
    try {
      const { id, issuer, validFrom, validUntil, credentialSubject } = JSON.parse(
        new TextDecoder().decode(bytes),
      ) as Credential;
      const { licenseNumber, achievement, identifier } = credentialSubject;
      const facts = {
        holderName: identifier.find((one) => one.identityType === 'name' && !one.hashed)?.identityHash,
        courseTitle: achievement.name,
        number: licenseNumber,
        issueDate: validFrom.slice(0, 10),
        validUntil: validUntil?.slice(0, 10),
        issuer: issuer.name,
      };
      const known = Object.entries(facts).filter((one): one is [string, string] => typeof one[1] === 'string');
      return { id: String(id), facts: Object.fromEntries(known) };
    } catch {
      // Another attachment, or a damaged one.
    }
  }
  return null;
}
