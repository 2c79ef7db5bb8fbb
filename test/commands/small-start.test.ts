import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ended, firstMatch, startWorld, type World } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SMALL_START = new URL('../../src/platform/small-start.js', import.meta.url).href;

/** Prints the flags of V8 that a process sets, and at the last one of the start whether Node's client of HTTP is loaded. */
const TELLING = `
  import v8 from 'node:v8'; import { syncBuiltinESMExports } from 'node:module'; import { writeSync } from 'node:fs';
  const set = v8.setFlagsFromString;
  v8.setFlagsFromString = (flag) => {
    writeSync(1, 'flag ' + flag + '\\n');
    if (flag === '--opt' && process.moduleLoadList.some((name) => name.includes('undici'))) writeSync(1, 'client loaded\\n');
    set(flag);
  };
  syncBuiltinESMExports();`;

/** Whether TurboFan compiles a function that is called often: while a process starts, and when it has started. */
const OPTIMISING = `
  const { setFlagsFromString } = require('node:v8');
  setFlagsFromString('--allow-natives-syntax');
  const statusOf = new Function('work', 'return %GetOptimizationStatus(work)');
  const OPTIMISED_BY_TURBOFAN = 64;
  const isOptimised = async () => {
    const work = new Function('n', 'let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum;');
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 1000; i++) work(1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if ((statusOf(work) & OPTIMISED_BY_TURBOFAN) !== 0) return true;
    }
    return false;
  };
  import(${JSON.stringify(SMALL_START)}).then(async ({ beginSmallStart, endSmallStart }) => {
    beginSmallStart();
    const whileStarting = await isOptimised();
    endSmallStart();
    process.stdout.write(JSON.stringify([whileStarting, await isOptimised()]));
  });`;

/** Sizes of a new thread's young generation: at first, after much was kept, and after more was kept while it may grow. */
const GROWING = `
  import(${JSON.stringify(SMALL_START)}).then(({ beginSmallStart, endSmallStart }) => {
    const { parentPort } = require('node:worker_threads');
    const young = () => require('node:v8').getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size;
    const kept = [];
    const keep = () => { for (let i = 0; i < 400_000; i++) kept.push({ i }); };
    beginSmallStart();
    const sizes = [young()];
    keep();
    sizes.push(young());
    endSmallStart();
    keep();
    sizes.push(young());
    parentPort.postMessage(sizes);
  });`;

describe('the start of a process that runs for long', () => {
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
    it(`the young generation stays small and the optimising compiler is off while ${verb} starts`, async () => {
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
        [...output.matchAll(/flag (--semi.*|--(?:no-)?opt)$/gm)].map(([, flag]) => flag),
        ['--semi-space-growth-factor=1', '--no-opt', '--semi-space-growth-factor=2', '--opt'],
      );
      // Versions of Node that have `navigator` load the client for other reasons.
      if (Reflect.get(globalThis, 'navigator') === undefined) assert.ok(!output.includes('client loaded'));
      // Only a worker makes so much garbage that it is collected early; this gives it V8's function.
      assert.equal(output.includes('flag --expose-gc'), verb === 'work');
    });

  it('functions are optimised only when it is over', async () => {
    const child = spawn(process.execPath, ['--eval', OPTIMISING], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    assert.deepEqual(JSON.parse(await text(child.stdout)), [false, true]);
  });

  it('the young generation grows by what is kept only when it may', async () => {
    const worker = new Worker(GROWING, { eval: true });
    const [first = 0, small = 0, grown = 0] = await new Promise<number[]>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    await worker.terminate();
    // Node 24 enlarges it once, from 4 to 10 MiB; without the setting all versions have at least 16 here.
    assert.ok(small < 4 * first, `${small} bytes at first, after ${first}`);
    assert.ok(grown > small, `${grown} bytes after ${small}`);
  });
});
