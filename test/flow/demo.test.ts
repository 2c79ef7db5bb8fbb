import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { start } from '../commands/command-line.ts';
import { contentsOf } from '../support/folder-contents.ts';

const SHIPPED = fileURLToPath(new URL('../../../templates', import.meta.url));

describe('the demo (gramota demo)', () => {
  it('runs to its end and does not change a byte of the templates it reads', async () => {
    const before = await contentsOf(SHIPPED);
    const dir = await mkdtemp(join(tmpdir(), 'gramota-demo-'));
    try {
      const demo = start(['demo', '--size', '6'], { TEMPLATES_DIR: SHIPPED, GRAMOTA_DATA_DIR: dir });
      assert.ok(demo.stdout && demo.stderr);
      const [[code], out, err] = await Promise.all([once(demo, 'close'), text(demo.stdout), text(demo.stderr)]);
      assert.deepEqual([code, err], [0, ''], out);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    assert.deepEqual(await contentsOf(SHIPPED), before);
  });
});
