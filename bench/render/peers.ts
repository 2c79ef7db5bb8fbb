import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const FOLDER = resolve('bench', 'render');

/**
 * Loads a package of the bench's own `package.json`; on first use it installs the peers by their lock file. (`npm ci`
 * refuses that lock file, because some registries lack Typst binaries for other platforms.)
 * @param shape the used part of the package; its types are not available when the bench is compiled
 */
export function loadPeer<Shape>(name: string): Shape {
  if (!existsSync(join(FOLDER, 'node_modules'))) {
    process.stderr.write('installing the peers of bench:render into bench/render/node_modules\n');
    execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return createRequire(join(FOLDER, 'package.json'))(name) as Shape;
}
