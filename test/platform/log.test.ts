import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const LOGGING = fileURLToPath(new URL('./processes/logging.js', import.meta.url));

describe('the log of a server', () => {
  const linesOf = (end: string): string[] => {
    const { stderr } = spawnSync(process.execPath, [LOGGING, end], { encoding: 'utf8' });
    return stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [String(JSON.parse(line).msg)] : []));
  };
  const all = ['early', 'from elsewhere', ...Array.from({ length: 200 }, (_, line) => String(line + 1))];

  it('has its lines within a moment, and the last ones at the exit', () => assert.deepEqual(linesOf('exit'), all));

  it('has the last ones after an error that nobody handles', () => assert.deepEqual(linesOf('error'), all));
});
