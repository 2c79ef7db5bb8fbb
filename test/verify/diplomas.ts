import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMint } from '../support/mint.ts';
import { CHECKS, type Check, judge, type Verdict } from './judge.ts';
import { SCRIPTS } from './names.ts';
import { sabotaged, unfit } from './sabotage.ts';
import { createTrustStore } from './seal.ts';
import { choicesOver, mintSpecimen, type Specimen } from './specimen.ts';
import { missingTools } from './tools.ts';

/**
 * `npm run verify:diplomas [-- --count 200]`: draws diplomas over all templates and scripts, with credential and
 * seal, and judges each with independent tools. Then it damages some, and checks that the tools notice. Exit code 1
 * on any fault; the files are then kept.
 */
const { values } = parseArgs({ options: { count: { type: 'string', default: '200' } } });
const count = Number(values.count);
if (!Number.isInteger(count) || count < 2) fail([`--count ${values.count}: must be a whole number of at least 2`]);

/** Maximum number of printed faults; the rest is only counted. */
const SHOWN = 40;

const missing = await missingTools();
if (missing.length > 0) fail(missing);

const scratch = await mkdtemp(join(tmpdir(), 'gramota-verify-'));
const out = join(scratch, 'diplomas');
await mkdir(out);
const cores = availableParallelism();
const mint = await openMint(join(scratch, 'keys'), cores);
const trust = await createTrustStore(scratch, mint.authority);

const specimens: Specimen[] = [];
const faults: string[] = [];
try {
  for (const [index, choice] of choicesOver(mint.templates, count).entries()) {
    const minted = mintSpecimen(mint, choice, index + 1, out);
    specimens.push(
      ...(await minted
        .then((one) => [one])
        .catch((error: unknown) => fault(`${choice.template.id}, ${choice.script.id}: not drawn`, String(error)))),
    );
  }
} finally {
  await mint.printer.close();
}
say(`${specimens.length} diplomas drawn over ${mint.templates.length} templates and ${SCRIPTS.length} scripts`);

const [sound, other] = specimens;
if (sound === undefined || other === undefined) fail(faults.slice(0, SHOWN));
const damaged = await sabotaged(sound, other, out);
let judged = 0;
const verdicts = await judge(
  [...specimens.map((specimen) => ({ specimen })), ...damaged],
  { scratch, trust, wholePage: true },
  cores,
  () => {
    judged += 1;
    if (judged % 50 === 0) say(`${judged} judged`);
  },
);
const verdictOf = (specimen: Specimen): Verdict => verdicts.get(specimen) ?? new Map();

for (const specimen of specimens)
  for (const [check, told] of verdictOf(specimen)) fault(`${specimen.path}: ${check}`, told);
for (const line of tableOf(specimens)) say(line);
for (const [check, tool] of Object.entries(CHECKS)) {
  const bad = specimens.filter((specimen) => verdictOf(specimen).has(check as Check)).length;
  say(`  ${check.padEnd(12)}${String(specimens.length - bad).padStart(4)} of ${specimens.length}  ${tool}`);
}
const sizes = (await Promise.all(specimens.map(({ path }) => stat(path))))
  .map(({ size }) => size)
  .sort((a, b) => a - b);
say(`  file size: median ${kilobytes(sizes[sizes.length >> 1])}, largest ${kilobytes(sizes.at(-1))}`);
for (const { sabotage, specimen } of damaged) {
  const failed = new Set(verdictOf(specimen).keys());
  const blind = unfit(sabotage, failed);
  say(`  ${blind.length === 0 ? 'noticed' : 'MISSED '}  ${sabotage.name}: ${[...failed].join(', ')}`);
  if (blind.length > 0) fault(specimen.path, `${sabotage.name}: not told as it should be by ${blind.join(', ')}`);
}
if (faults.length > 0) fail([...faults.slice(0, SHOWN), `${faults.length} faults; the files are kept in ${out}`]);
await rm(scratch, { recursive: true });
say('all is well');

/** Table of templates by scripts: number of judged diplomas, and of faulty ones. */
function tableOf(list: readonly Specimen[]): string[] {
  const width = 11;
  const cell = (template: string, script: string): string => {
    const here = list.filter((one) => one.template.id === template && one.script.id === script);
    const bad = here.filter((one) => verdictOf(one).size > 0).length;
    if (here.length === 0) return '–';
    return bad === 0 ? `${here.length} ok` : `${bad}/${here.length} BAD`;
  };
  const row = (head: string, cells: readonly string[]): string =>
    head.padEnd(14) + cells.map((one) => one.padStart(width)).join('');
  return [
    row(
      '',
      SCRIPTS.map(({ id }) => id),
    ),
    ...mint.templates.map(({ id }) =>
      row(
        id,
        SCRIPTS.map((script) => cell(id, script.id)),
      ),
    ),
  ];
}

function kilobytes(bytes = 0): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function fault(where: string, what: string): [] {
  faults.push(`${where}: ${what}`);
  return [];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(lines: readonly string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(1);
}
