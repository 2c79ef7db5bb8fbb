import { diplomaFileName } from '../domain/certificate/diploma-file-name.ts';
import { type Language, type MessageCode, messageIn } from '../domain/messages/message.ts';
import { type ZipEntry, zip } from '../platform/sheet/zip.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { RegisterRow } from '../records/certificates/register-rows.ts';
import type { Db } from '../records/rows.ts';
import { inSnapshot } from '../records/snapshot.ts';
import { getOrNull } from './register-line.ts';
import { registerWorkbook } from './release-register.ts';

type Why = Extract<MessageCode, `diplomas.missing.${string}`>;
/** What is kept of each row while the register is written: some hundred bytes. */
interface Listed {
  number: string;
  holder: string;
  /** A diploma to be read; or why there is none. */
  file: { name: string; sha256: string; date: Date } | Why;
}

/**
 * All diplomas of a release: first `register.xlsx`, then the current PDF of each certificate that is not revoked, and `missing.txt` about
 * all others where there are any. Only the register needs the snapshot: files never change.
 */
export function diplomasZip(
  { db, artefacts }: { db: Db; artefacts: Pick<Artefacts, 'get'> },
  options: { releaseId: string; language: Language; at: Date; onFile?: () => void },
): AsyncGenerator<Buffer> {
  return zip(entries(db, artefacts, options));
}

async function* entries(
  db: Db,
  artefacts: Pick<Artefacts, 'get'>,
  { onFile, ...options }: { releaseId: string; language: Language; at: Date; onFile?: () => void },
): AsyncGenerator<ZipEntry> {
  const listed: Listed[] = [];
  const onRow = (row: RegisterRow) => listed.push(listedOf(row));
  const register = inSnapshot(db, (snapshot) => registerWorkbook(snapshot, { ...options, onRow }));
  yield { name: 'register.xlsx', date: options.at, content: register };
  const missing: string[] = [];
  const miss = ({ number, holder }: Listed, why: Why) =>
    missing.push(`${number}\t${holder}\t${messageIn(options.language, why)}`);
  for (const one of listed) {
    const { file } = one;
    const content = typeof file === 'string' ? null : await getOrNull(artefacts, file.sha256);
    if (typeof file === 'string') miss(one, file);
    else if (content === null) miss(one, 'diplomas.missing.unreadable');
    else yield { name: file.name, date: file.date, content };
    onFile?.();
  }
  if (missing.length === 0) return;
  const lines = [messageIn(options.language, 'diplomas.missing.title'), ...missing];
  const content = Buffer.from(`\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`);
  yield { name: 'missing.txt', date: options.at, content };
}

function listedOf({ number, facts, diploma, revokedAt }: RegisterRow): Listed {
  const holder = facts?.holderName ?? '';
  const because = (why: Why): Listed => ({ number, holder, file: why });
  if (facts === null) return because('diplomas.missing.erased');
  if (revokedAt !== null) return because('diplomas.missing.revoked');
  if (diploma === null) return because('diplomas.missing.not-drawn');
  const name = `${diplomaFileName(facts)}.pdf`;
  return { number, holder, file: { name, sha256: diploma.sha256, date: diploma.renderedAt } };
}
