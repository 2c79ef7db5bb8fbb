import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Without root's rights, where this process has them. */
export function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A file system of a fixed size, which can be filled and emptied. */
export interface SmallDisk {
  folder: string;
  /** Takes all room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const mount = await mkdtemp(join(tmpdir(), 'gramota-small-disk-'));
  await chmod(mount, 0o711);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', mount]);
  const folder = join(mount, 'data');
  await mkdir(folder, { mode: 0o711 });
  const ballast = join(mount, 'ballast');
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'a');
      const block = Buffer.alloc(1 << 20);
      try {
        for (let size = block.length; size >= 4096; ) {
          const written = await file.write(block, 0, size).catch(() => null);
          if (written === null || written.bytesWritten < size) size >>= 1;
        }
      } finally {
        await file.close();
      }
    },
    empty: () => rm(ballast, { force: true }),
    async remove() {
      await run('umount', [mount]).catch(() => run('umount', ['-l', mount]));
      await rm(mount, { recursive: true, force: true });
    },
  };
}
