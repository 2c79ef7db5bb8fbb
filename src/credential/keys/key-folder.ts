import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { message } from '../../domain/messages/message.ts';
import { KeyMissing, type Signer, type SigningKey } from '../../ports/signer.ts';
import { purposeOf, readKeyFile } from './key-file.ts';

/**
 * Our own authority, which issues seal certificates when the operator has none. Its key and certificate are kept for
 * later seals.
 */
export const AUTHORITY = 'authority';

/**
 * Keys in a folder; each file is named after its key. A file is read once, on first use, because the key of an id
 * never changes.
 */
export function openKeyFolder(dir: string): Signer {
  const read = new Map<string, Promise<SigningKey | null>>();
  const held = (id: string): Promise<SigningKey | null> => {
    const known = read.get(id) ?? readKey(dir, id);
    read.set(id, known);
    // A missing or unreadable file may be there next time, so do not cache the failure.
    known.then(
      (key) => key === null && read.delete(id),
      () => read.delete(id),
    );
    return known;
  };
  return {
    async keys() {
      const keys = await Promise.all((await keyIds(dir)).map(held));
      return keys.filter((key) => key !== null);
    },
    async key({ id, fingerprint }) {
      const key = purposeOf(id) === null ? null : await held(id);
      if (key === null) throw new KeyMissing(message('key.absent', { key: id }));
      if (key.fingerprint !== fingerprint) throw new KeyMissing(message('key.other', { key: id }));
      return key;
    },
  };
}

async function keyIds(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.pem') && !name.startsWith('.') && name !== `${AUTHORITY}.pem`)
    .map((name) => name.slice(0, -'.pem'.length))
    .sort();
}

async function readKey(dir: string, id: string): Promise<SigningKey | null> {
  const pem = await readKeyText(dir, id);
  return pem === null ? null : readKeyFile(id, pem);
}

/** The text of a key file, or null when it does not exist. */
export async function readKeyText(dir: string, id: string): Promise<string | null> {
  return readFile(join(dir, `${id}.pem`), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** Key files that users other than the owner may read or write; always empty on systems without file modes. */
export async function exposedKeys(dir: string): Promise<string[]> {
  if (process.platform === 'win32') return [];
  const ids = [...(await keyIds(dir)), AUTHORITY];
  const modes = await Promise.all(ids.map((id) => stat(join(dir, `${id}.pem`)).catch(() => null)));
  return ids.filter((_, index) => ((modes[index]?.mode ?? 0) & 0o077) !== 0);
}

/**
 * Adds a new key file, readable by its owner only; creates the folder if needed. The write is atomic; when several
 * processes add the same key, one succeeds.
 * @returns whether this call added the file; false: the key already existed
 */
export async function addKeyFile(dir: string, id: string, pem: string): Promise<boolean> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const temporary = join(dir, `.${id}.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(pem);
    await file.sync();
    await link(temporary, join(dir, `${id}.pem`));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await file.close();
    await unlink(temporary);
  }
}
