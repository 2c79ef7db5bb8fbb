// Compiles the sources into dist/ and removes compiled files whose source is gone. With --if-stale only where a source is
// newer than what was compiled, or is gone, or new.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['src', 'migrations', 'test', 'bench'];
const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built-from');

/** What `dist` was compiled from: every source with its size and the time of its last change. */
function sources() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)),
  ).filter((file) => file.endsWith('.ts'));
  return [...files, 'knexfile.ts', 'tsconfig.json', 'package-lock.json']
    .sort()
    .map((file) => {
      const { size, mtimeMs } = statSync(join(root, file));
      return `${file} ${size} ${mtimeMs}`;
    })
    .join('\n');
}

/** The compiler never removes what it wrote: a deleted test or migration would still run. */
function prune() {
  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(root, 'dist', folder), { recursive: true })) {
      const source = /^(.*)\.js(\.map)?$/.exec(file)?.[1];
      if (source !== undefined && !existsSync(join(root, folder, `${source}.ts`)))
        rmSync(join(root, 'dist', folder, file));
    }
  }
}

// Listed before the compiler starts: a source that changes meanwhile makes the next call compile again.
const now = sources();
const isFresh =
  existsSync(join(root, 'dist/src/main.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now;
if (!isFresh || !process.argv.includes('--if-stale')) {
  rmSync(stamp, { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  // The console's script runs in browsers, so it has types of its own.
  for (const project of ['tsconfig.json', 'src/console/browser']) {
    const compiled = spawnSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'inherit' });
    if (compiled.status !== 0) process.exit(compiled.status ?? 1);
  }
  // Only those files are removed, so that processes which run from dist/ are not disturbed by a build.
  prune();
  writeFileSync(stamp, now);
}
