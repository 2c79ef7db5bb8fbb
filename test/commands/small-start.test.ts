import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ended, firstMatch, startWorld, type World } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SMALL_START = new URL('../../src/platform/small-start.js', import.meta.url).href;

/** Prints the flags of V8 that a process sets. */
const TELLING = `
  import v8 from 'node:v8'; import { syncBuiltinESMExports } from 'node:module'; import { writeSync } from 'node:fs';
  const set = v8.setFlagsFromString;
  v8.setFlagsFromString = (flag) => { writeSync(1, 'flag ' + flag + '\\n'); set(flag); };
  syncBuiltinESMExports();`;

/** Sizes of a new thread's young generation: at first, after much was kept, and after more was kept while it may grow. */
const GROWING = `
  import(${JSON.stringify(SMALL_START)}).then(({ keepYoungSmall, letYoungGrow }) => {
    const { parentPort } = require('node:worker_threads');
    const young = () => require('node:v8').getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size;
    const kept = [];
    const keep = () => { for (let i = 0; i < 400_000; i++) kept.push({ i }); };
    keepYoungSmall();
    const sizes = [young()];
    keep();
    sizes.push(young());
    letYoungGrow();
    keep();
    sizes.push(young());
    parentPort.postMessage(sizes);
  });`;

describe('the young generation of a process that runs for long', () => {
  let world: World;
  const children: ChildProcess[] = [];
  before(async () => {
    world = await startWorld();
    await world.halt();
  });
  after(async () => {
    await Promise.all(children.map((child) => ended(child, 'SIGKILL')));
    await world.close();
  });

  for (const [verb, ready] of [
    ['serve', /listening on/],
    ['work', /worker ready/],
  ] as const)
    it(`stays small while ${verb} starts, and may grow when it is ready`, async () => {
      const telling = `--import=data:text/javascript,${encodeURIComponent(TELLING)}`;
      const child = spawn(process.execPath, [telling, MAIN, verb], {
        env: { ...world.env, LOG_LEVEL: 'info', PORT: '0' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await firstMatch(child, ready);
      assert.deepEqual(
        [...output.matchAll(/flag (--semi.*)/g)].map(([, flag]) => flag),
        ['--semi-space-growth-factor=1', '--semi-space-growth-factor=2'],
      );
      // Only a worker makes so much garbage that it is collected early; this gives it V8's function.
      assert.equal(output.includes('flag --expose-gc'), verb === 'work');
    });

  it('grows by what is kept only when it may', async () => {
    const worker = new Worker(GROWING, { eval: true });
    const [first = 0, small = 0, grown = 0] = await new Promise<number[]>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    await worker.terminate();
    assert.equal(small, first);
    assert.ok(grown > small, `${grown} bytes after ${small}`);
  });
});
