import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { didWeb } from '../domain/certificate/did-web.ts';
import { formatCode } from '../domain/certificate/lookup-code.ts';
import { InputError } from '../domain/failure.ts';
import { systemClock } from '../platform/system-clock.ts';
import { fileKind, type Kind } from '../verify/file-kind.ts';
import { fileTextOf } from '../verify/file-text.ts';
import { type CheckOutcome, type CheckReport, objection, type Statement, Unreadable } from '../verify/findings.ts';
import { guardedCheck } from '../verify/guarded-check.ts';
import { joinKeys, NO_KEYS, readTrustedKeys } from '../verify/trusted-keys.ts';

export interface VerifyOptions {
  /** Files with the issuer's keys. */
  keys?: string[];
  status?: string;
  online?: boolean;
  /** Domain that the issuer must have, such as `school.example`. */
  issuer?: string;
  json?: boolean;
}

/** Maximum file sizes in bytes; a diploma has about 100 KB. */
const MOST: Readonly<Record<Kind, number>> = { pdf: 16 << 20, png: 16 << 20, json: 1 << 20, jwt: 1 << 20 };
const MOST_KEYS = 1 << 20;
const DEADLINE_MS = 60_000;

const WORDS: Readonly<Record<CheckOutcome, string>> = {
  holds: 'holds',
  fails: 'FAILS',
  unproven: 'UNPROVEN',
  'not-asked': 'not asked',
};

const VERDICTS: Readonly<Partial<Record<CheckOutcome, string>>> = { fails: 'is not valid', unproven: 'is not proven' };

/**
 * `gramota verify`: checks a diploma or credential with the issuer's keys, offline by default. It needs no settings. It
 * prints the contents of the file, the holder's name included.
 * @param file any name; the contents decide its type
 * @throws InputError after printing, when the file is invalid or unproven
 */
export async function runVerify(file: string, options: VerifyOptions, say: (line: string) => void): Promise<void> {
  const bytes = await readLimited(file, Math.max(...Object.values(MOST)));
  const kind = fileKind(file, bytes);
  refuseLarge(file, bytes.length, MOST[kind]);
  const keys = (options.keys ?? []).map(async (name) => readTrustedKeys(name, await readText(name, MOST_KEYS)));
  const report = await guardedCheck(
    {
      kind,
      bytes,
      keys: joinKeys([NO_KEYS, ...(await Promise.all(keys))]),
      statusList: options.status === undefined ? null : await readText(options.status, 4 << 20),
      issuerId: options.issuer === undefined ? null : identifierOf(options.issuer),
      now: systemClock.now(),
      online: options.online === true,
    },
    DEADLINE_MS,
  );
  const against = objection(report);
  if (options.json) say(JSON.stringify({ file, holds: against === null, ...report }, null, 2));
  else if (report.says !== null) for (const line of inWords(file, report, report.says)) say(line);
  if (against === null) return;
  throw new InputError(`${plain(basename(file))} ${VERDICTS[against.outcome]}: ${plain(against.detail)}`);
}

function inWords(file: string, report: CheckReport, says: Statement): string[] {
  const { issuer, code, version } = says;
  const facts: [string, string][] = [
    ['issued by', `${issuer.name} (${issuer.id})`],
    ['to', says.holderName ?? 'no name given'],
    ['for', says.courseTitle],
    ['number', says.number],
    ...(code === null ? [] : [['code', formatCode(code)] satisfies [string, string]]),
    ...(version === null ? [] : [['version', String(version)] satisfies [string, string]]),
    ['valid from', says.validFrom],
    ['valid until', says.validUntil ?? 'without end'],
  ];
  return [
    `${plain(basename(file))} says:`,
    ...facts.map(([name, value]) => `  ${name.padEnd(12)}${plain(value)}`),
    'checked:',
    ...report.findings.map(
      (finding) => `  ${WORDS[finding.outcome].padEnd(11)}${finding.subject.padEnd(12)}${plain(finding.detail)}`,
    ),
    verdictOf(report),
  ];
}

/** The last line of the output: whether the file can be trusted, and whose keys this depends on. */
export function verdictOf(report: CheckReport): string {
  const against = objection(report);
  if (against !== null) return `the file ${VERDICTS[against.outcome]}; do not rely on it`;
  const { byWordOf } = report;
  if (byWordOf === null) return 'the file is valid';
  const host = plain(byWordOf.replace(/^https?:\/\//, ''));
  return `valid according to ${host}; make sure that this host belongs to the issuer, or name the issuer with --issuer`;
}

/** @throws InputError when it is not a web address */
function identifierOf(issuer: string): string {
  const address = issuer.includes('://') ? issuer : `https://${issuer}`;
  if (!URL.canParse(address))
    throw new InputError(`--issuer ${plain(issuer)}: expected a domain, such as school.example`);
  return didWeb(new URL(address).href.replace(/\/$/, ''));
}

/** Makes text from a file safe for a terminal: no control characters, no direction marks, limited length. */
function plain(text: string): string {
  const bare = text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return bare.length > 500 ? `${bare.slice(0, 500)}…` : bare;
}

/**
 * Text as people save it; parsing refuses what is not text.
 * @throws InputError when it cannot be read
 */
async function readText(path: string, most: number): Promise<string> {
  const bytes = await readLimited(path, most);
  try {
    return fileTextOf(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return bytes.toString('utf8');
    throw error;
  }
}

function refuseLarge(path: string, size: number, most: number): void {
  if (size > most) throw new InputError(`${plain(path)}: has ${size} bytes; a file to check may have at most ${most}`);
}

/** @throws InputError when it is not a file, cannot be read, or is too large */
async function readLimited(path: string, most: number): Promise<Buffer> {
  const refuse = (what: string): never => {
    throw new InputError(`${plain(path)}: ${what}`);
  };
  const unreadable = ({ code }: NodeJS.ErrnoException): never =>
    refuse(code === 'ENOENT' ? 'the file does not exist' : `cannot be read (${code ?? 'unknown reason'})`);
  const found = await stat(path).catch(unreadable);
  if (!found.isFile()) refuse('is not a file');
  refuseLarge(path, found.size, most);
  return readFile(path).catch(unreadable);
}
