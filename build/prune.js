// After tsc, which never removes what it wrote: compiled files whose source is gone (else a deleted test or migration
// would still run). Only these are removed, so that processes which run from dist/ are not disturbed by a build.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const folder of ['src', 'migrations', 'test', 'bench']) {
  for (const file of readdirSync(join(root, 'dist', folder), { recursive: true })) {
    const source = /^(.*)\.js(\.map)?$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(join(root, folder, `${source}.ts`))) rmSync(join(root, 'dist', folder, file));
  }
}
