import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { openArtefacts } from '../compose/open-artefacts.ts';
import type { Config } from '../config.ts';
import { type ExportForm, exportRelease } from '../coordinate/release-exports.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message } from '../domain/messages/message.ts';
import { systemClock } from '../platform/system-clock.ts';
import { countCertificates, isReleaseSeen } from '../records/batches/report-rows.ts';
import { actor } from './actor.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;
export interface ExportOptions {
  release: string;
  out: string;
  lang: Language;
}

/**
 * `gramota release register|zip`, `gramota report --out FILE.xlsx`: like `/api/releases/{id}/…`, into a file. The file gets its name when
 * it is whole.
 */
export async function runExport(config: Config, form: ExportForm, options: ExportOptions, say: Say): Promise<void> {
  const { release, out, lang } = options;
  await withDatabase(config, async (db) => {
    if (!(await isReleaseSeen(db, release))) throw new InputError(message('line.release-never-pulled', { release }));
    const artefacts = openArtefacts(config, db);
    if (form === 'zip') await artefacts.ready();
    const total = await countCertificates(db, release);
    const bar = process.stderr.isTTY ? new SingleBar({ format: '{bar} {value}/{total}', clearOnComplete: true }) : null;
    bar?.start(Math.max(1, total), 0);
    let done = 0;
    const onRow = () => {
      done += 1;
      bar?.update(done);
    };
    const ctx = { db, artefacts, clock: systemClock, newId: randomUUID };
    const unfinished = `${out}.part`;
    try {
      const bytes = await exportRelease(ctx, { releaseId: release, form, language: lang, actor: actor(), onRow });
      await pipeline(bytes, createWriteStream(unfinished, { mode: 0o600 }));
      await rename(unfinished, out);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw writeFault(error, out);
    } finally {
      bar?.stop();
    }
    say(message('line.exported', { certificates: done, file: out }));
  });
}

function writeFault(error: unknown, file: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isOfFile = syscall === 'open' || syscall === 'write' || syscall === 'rename';
  return isOfFile ? new InputError(message('line.unwritable', { file, code: code ?? '-' })) : error;
}
