import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openMint } from '../../test/support/mint.ts';
import { peakMegabytes } from '../send/cpu.ts';
import { TEMPLATE } from './content.ts';
import { openFloor } from './floor.ts';
import { openFullTrust, openPlain } from './gramota.ts';
import { type Figures, interleave, mediansOf } from './measure.ts';
import { openPdfLib } from './pdf-lib-peer.ts';
import { compareThreads, soak } from './pool.ts';
import type { Tool } from './tool.ts';
import { openTypst } from './typst-peer.ts';

/**
 * `npm run bench:render`: Gramota and its peers draw the same two-page diploma, in one process, in turn. `--threads`:
 * one and two drawing threads of the product's printer. `--soak N`: memory over N diplomas.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'boolean', default: false },
    soak: { type: 'string' },
    /** Keeps one file of each tool in this folder, for inspection. */
    keep: { type: 'string' },
    /** Internal: draws only with the tool at this index and prints its peak memory. */
    alone: { type: 'string' },
  },
});
const count = whole('count', values.count);
const runs = whole('runs', values.runs);
const soaked = values.soak === undefined ? null : whole('soak', values.soak);
const WARM_UP = 40;

const scratch = await mkdtemp(join(tmpdir(), 'gramota-bench-'));
try {
  await main();
} finally {
  await rm(scratch, { recursive: true });
}

async function main(): Promise<void> {
  const keysDir = join(scratch, 'keys');
  const mint = await openMint(keysDir, 1);
  await mint.printer.close();
  const bundle = mint.templates.find(({ id }) => id === TEMPLATE);
  if (bundle === undefined) throw new Error(`there is no template ${TEMPLATE}`);
  const setting = { bundle, keysDir, keys: mint.keys };
  if (soaked !== null) return tellSoak(await soak(setting, soaked, say));
  if (values.threads) {
    for (const [what, keys] of [
      ['plain', null],
      ['full trust', mint.keys],
    ] as const) {
      const { one, two } = await compareThreads({ ...setting, keys }, count);
      say(`${what}: one thread ${one.toFixed(0)} diplomas/s, two ${two.toFixed(0)}, ratio ${(two / one).toFixed(2)}`);
    }
    return;
  }
  const openers: (() => Tool | Promise<Tool>)[] = [
    () => openPlain(bundle),
    () => openFullTrust(bundle, keysDir, mint.keys),
    () => openTypst(bundle),
    () => openPdfLib(bundle),
    () => openFloor(openPlain(bundle)),
  ];
  if (values.alone !== undefined) return alone(await openers[Number(values.alone)]?.());
  const tools = await Promise.all(openers.map((open) => open()));
  if (values.keep !== undefined) await keep(tools, values.keep);
  await compare(tools);
}

async function compare(tools: readonly Tool[]): Promise<void> {
  say(
    `load average before: ${loadavg()[0]?.toFixed(2)}; ${runs} runs of ${count} diplomas after ${WARM_UP} to warm up`,
  );
  await interleave(tools, 1, WARM_UP);
  const found: Map<Tool, Figures>[] = [];
  for (let run = 0; run < runs; run += 1) found.push(await interleave(tools, 1000 * (run + 1), count));
  const figures = tools.map((tool) => mediansOf(found.flatMap((run) => run.get(tool) ?? [])));
  const reference = figures[0];
  const columns = ['tool', 'n', 'CPU ms', '× plain', 'p50 ms', 'p95 ms', 'docs/s/core', 'KB', 'peak RSS MB'];
  const rows = tools.map((tool, index) => {
    const one = figures[index];
    if (one === undefined || reference === undefined) return [tool.name];
    const numbers = [one.cpu, one.cpu / reference.cpu, one.p50, one.p95].map((value) => value.toFixed(2));
    const rest = [(1000 / one.cpu).toFixed(0), (one.bytes / 1024).toFixed(1), peakMemory(index)];
    return [tool.name, String(one.documents), ...numbers, ...rest];
  });
  for (const row of [columns, ...rows])
    say(row.map((cell, index) => (index === 0 ? cell.padEnd(28) : cell.padStart(12))).join(''));
}

/** Peak resident memory of a process that draws with one tool. */
function peakMemory(place: number): string {
  const args = [fileURLToPath(import.meta.url), '--alone', String(place), '--count', String(Math.min(count, 200))];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

async function alone(tool: Tool | undefined): Promise<void> {
  if (tool === undefined) throw new Error('there is no such tool');
  for (let number = 1; number <= count; number += tool.every) await tool.draw(number);
  // Not `resourceUsage().maxRSS`: on Linux a child begins with what its parent had.
  say((await peakMegabytes(process.pid))?.toFixed(0) ?? '');
}

async function keep(tools: readonly Tool[], dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const tool of tools) await writeFile(join(dir, `${tool.name.replace(/\W+/g, '-')}.pdf`), await tool.draw(1));
}

function tellSoak(readings: readonly number[]): void {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [middle, end] = [mean(readings.slice(8, 12)), mean(readings.slice(16))];
  const growth = ((end / middle - 1) * 100).toFixed(1);
  say(`peak ${Math.max(...readings).toFixed(0)} MB; the last fifth is ${growth} % above the middle fifth`);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} ${text}: must be a whole number of at least 1\n`);
  return process.exit(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
