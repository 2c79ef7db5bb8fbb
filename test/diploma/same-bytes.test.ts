import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COUNT = 60;

test('sixty different diplomas have the same bytes when two processes draw them in opposite orders', async () => {
  const script = fileURLToPath(new URL(`./processes/draw-many${extname(import.meta.url)}`, import.meta.url));
  const drawn = async (direction: string): Promise<[number, string][]> =>
    JSON.parse((await run(process.execPath, [script, String(COUNT), direction])).stdout);
  const [forwards, backwards] = await Promise.all([drawn('forwards'), drawn('backwards')]);
  assert.equal(new Set(forwards.map(([, digest]) => digest)).size, COUNT, 'each differs from every other');
  assert.deepEqual(forwards, backwards);
});
