// Before a verb of the command line: compiles only where a source is newer than what was compiled, or is gone, or new.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built-from');

/** What `dist` was compiled from: every source with its size and the time of its last change. */
function sources() {
  const files = ['src', 'migrations', 'test', 'bench']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.ts'));
  return [...files, 'knexfile.ts', 'tsconfig.json', 'package-lock.json']
    .sort()
    .map((file) => {
      const { size, mtimeMs } = statSync(join(root, file));
      return `${file} ${size} ${mtimeMs}`;
    })
    .join('\n');
}

// Listed before the compiler starts: a source that changes meanwhile makes the next call compile again.
const now = sources();
const isFresh =
  existsSync(join(root, 'dist/src/main.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now;
if (!isFresh) {
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (built.status !== 0) process.exit(built.status ?? 1);
  writeFileSync(stamp, now);
}
