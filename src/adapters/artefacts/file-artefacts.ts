import { createHash, randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../domain/failure.ts';
import { type Artefact, type Artefacts, ArtefactsDown, ArtefactsFault } from '../../ports/artefacts.ts';

/** Files are written here first, and renamed to their final place when they are complete. */
const DRAFTS = 'drafts';
/** In milliseconds. A draft that is older was left by a process that died. */
const DRAFT_LEFT_MS = 3_600_000;

/**
 * Stores diplomas as files: `<folder>/<first two digits>/<SHA-256>`. Several hosts must share this folder. A file gets its
 * final name only when it is complete and flushed to disk. Its hash is checked against its name whenever it is read.
 * @param folder absolute path; it must exist, so that a folder that is not mounted is noticed
 */
export function createFileArtefacts(folder: string): Artefacts {
  const placeOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);

  async function read(path: string): Promise<Buffer | null> {
    try {
      return await readFile(path);
    } catch (error) {
      if (await isOfOneFile(error)) throw new ArtefactsFault(`${path} cannot be read: ${codeOf(error)}`);
      return ifAbsent(error, null);
    }
  }

  /**
   * Returns `value` if only the file is missing.
   * @throws ArtefactsDown for any other error, or when the folder is missing
   */
  async function ifAbsent<T>(error: unknown, value: T): Promise<T> {
    const isAbsent = codeOf(error) === 'ENOENT' && (await stat(folder).catch(() => null)) !== null;
    if (!isAbsent) throw faultOf(error);
    return value;
  }

  /** An error that concerns one file: a person must mend it, so it must not be retried as an outage. */
  async function isOfOneFile(error: unknown): Promise<boolean> {
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM')
      return access(folder, constants.R_OK | constants.X_OK).then(
        () => true,
        () => false,
      );
    return ['EISDIR', 'ENOTDIR', 'ELOOP'].includes(code);
  }

  function faultOf(error: unknown): ArtefactsDown {
    return new ArtefactsDown(`the folder of ARTEFACTS_URL, ${folder}, cannot be used: ${codeOf(error)}`);
  }

  async function makeFolder(path: string): Promise<void> {
    try {
      // Not recursive: this creates only a subfolder. It must fail when the ARTEFACTS_URL folder is missing (for example,
      // not mounted).
      await mkdir(path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return;
      throw error;
    }
    await syncFolder(folder);
  }

  async function putOne({ sha256, bytes }: Artefact): Promise<void> {
    const place = placeOf(sha256);
    const there = await read(place);
    if (there === null || !isNamed(there, sha256)) await write(place, sha256, bytes);
    // Needed also for an existing file: another process may have renamed it just now and not flushed the folder yet.
    await syncFolder(dirname(place));
  }

  async function write(place: string, sha256: string, bytes: Buffer): Promise<void> {
    await makeFolder(join(folder, DRAFTS));
    await makeFolder(dirname(place));
    const draft = join(folder, DRAFTS, `${sha256}.${randomUUID()}`);
    try {
      const file = await open(draft, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      if (!isNamed(await readFile(draft), sha256))
        throw new ArtefactsFault(`the file ${draft} was written, but its SHA-256 is not ${sha256}`);
      await rename(draft, place);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Unfinished files: of processes that died, or of one that is just writing and will write again. */
  async function draftsOf(sha256s: readonly string[]): Promise<string[]> {
    const drafts = await readdir(join(folder, DRAFTS)).catch((error) => ifAbsent(error, []));
    return drafts
      .filter((name) => sha256s.includes(name.split('.')[0] ?? ''))
      .map((name) => join(folder, DRAFTS, name));
  }

  return {
    async put(artefacts) {
      try {
        await Promise.all(artefacts.map(putOne));
      } catch (error) {
        throw error instanceof ArtefactsFault ? error : faultOf(error);
      }
    },
    async get(sha256) {
      const bytes = await read(placeOf(sha256));
      if (bytes !== null && !isNamed(bytes, sha256))
        throw new ArtefactsFault(
          `${placeOf(sha256)} is damaged: its SHA-256 hash differs from its file name; restore the file from a backup`,
        );
      return bytes;
    },
    async has(sha256) {
      try {
        return (await stat(placeOf(sha256))).isFile();
      } catch (error) {
        return ifAbsent(error, false);
      }
    },
    async remove(sha256s) {
      try {
        for (const sha256 of sha256s) await rm(placeOf(sha256), { force: true });
        for (const draft of await draftsOf(sha256s)) await rm(draft, { force: true });
        for (const parent of new Set(sha256s.map((sha256) => dirname(placeOf(sha256)))))
          await syncFolder(parent).catch((error) => ifAbsent(error, undefined));
      } catch (error) {
        throw error instanceof ArtefactsFault ? error : faultOf(error);
      }
    },
    async ready() {
      try {
        if (!(await stat(folder)).isDirectory()) throw new InputError(`ARTEFACTS_URL: ${folder} is not a folder`);
        await access(folder, constants.R_OK | constants.W_OK);
      } catch (error) {
        if (error instanceof InputError) throw error;
        const mend = 'create or mount it, and let this user write to it';
        throw new InputError(`ARTEFACTS_URL: the folder ${folder} cannot be used (${codeOf(error)}): ${mend}`);
      }
      await removeOldDrafts(join(folder, DRAFTS));
    },
  };
}

const isNamed = (bytes: Buffer, sha256: string): boolean => createHash('sha256').update(bytes).digest('hex') === sha256;

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? error);

/** Flushes a folder to disk; only then is a new file name in it durable. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and makes names durable by itself.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deletes drafts that dead processes left, because they contain personal data. */
async function removeOldDrafts(drafts: string): Promise<void> {
  for (const name of await readdir(drafts).catch(() => [])) {
    const path = join(drafts, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > DRAFT_LEFT_MS) await rm(path, { force: true });
  }
}
