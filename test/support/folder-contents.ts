import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 of every file in a folder, by path. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = paths.sort().map(async (path) => {
    const hash = createHash('sha256').update(await readFile(path));
    return [path, hash.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashed));
}
