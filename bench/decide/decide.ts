import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadRulebook } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { buildInputs, evaluateCriteria } from '../../src/domain/criteria/criteria.ts';
import { NO_OVERRIDES } from '../../src/domain/student-group/override.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { countryOf } from '../../src/lifecycle/try-printing.ts';
import { Circumstances, conclude } from '../../src/pipeline/evaluate/conclude.ts';
import { type Case, judge } from '../../src/pipeline/evaluate/judge.ts';
import type { Trial } from '../../src/ports/printer.ts';
import { sampleRelease } from '../../src/sandbox/sample-release.ts';
import { startTestCluster } from '../../test/support/cluster.ts';
import { childEnvironment, testEnvironment } from '../../test/support/environment.ts';
import { replayStored } from './replay-stored.ts';

/**
 * `npm run bench:decide`: the cost of a decision, and whether stored decisions can be replayed. Explained in
 * bench/README.md.
 */
const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));
const TEACHERS = 1000;
const ROUNDS = 5;

/** Every text fits, so that only country, criteria and outcome are measured. */
const NOTHING_MEASURED: Trial = {
  fitName: ({ holderName, latinName }) => ({ ok: true, holderName, latinName }),
  checkText: () => null,
  gradeInWords: (_template, grade) => grade,
  checkHours: () => null,
  unmailable: [],
};

const say = (line: string) => process.stdout.write(`${line}\n`);

function casesOf(size: number): Case[] {
  const { release, studentGroups } = sampleRelease(size);
  const parsed = Release.parse(release);
  return studentGroups.flatMap((told) => {
    const studentGroup = StudentGroup.safeParse(told);
    if (!studentGroup.success) return [];
    const asked = { overrides: NO_OVERRIDES, emailShared: false, template: null, frozenTemplate: null };
    return [{ studentGroup: studentGroup.data, release: parsed, ...asked }];
  });
}

/** CPU time of this process in seconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Decisions per second of one core's time: the median of the rounds; each round takes at least half a second. */
function rateOf(decide: () => number): number {
  decide();
  const rates = Array.from({ length: ROUNDS }, () => {
    const from = cpu();
    let decided = 0;
    while (cpu() - from < 0.5) decided += decide();
    return decided / (cpu() - from);
  });
  return median(rates);
}

async function pure(): Promise<void> {
  const bundles = await loadTemplates(TEMPLATES);
  const rules = await loadRulebook(TEMPLATES, bundles);
  const printer = createPrinter({ templates: bundles, bundleByHash: async () => null, threads: 1 });
  const cases = casesOf(TEACHERS);
  const circumstances = Circumstances.parse({ byBatch: true });
  const byAll = (measure: Trial) => () => {
    for (const subject of cases) conclude(subject, judge(subject, rules, measure), circumstances);
    return cases.length;
  };
  const inputs = cases.map(({ studentGroup, release }) => buildInputs(studentGroup, release, 'KZ'));
  const tree = rules.criteria.programmes[0]?.require ?? { all: [] };
  const criteria = () => {
    for (const one of inputs) evaluateCriteria(tree, one);
    return inputs.length;
  };
  const countries = () => {
    for (const { studentGroup, overrides } of cases) countryOf(studentGroup, overrides);
    return cases.length;
  };
  say(`${cases.length} teachers of the sample, median of ${ROUNDS} rounds, one core's time`);
  say(`  criteria, explained in words             ${rateOf(criteria).toFixed(0)} a second`);
  say(`  country                                  ${rateOf(countries).toFixed(0)} a second`);
  say(`  country, criteria, outcome               ${rateOf(byAll(NOTHING_MEASURED)).toFixed(0)} decisions a second`);
  say(`  with names and texts measured for print  ${rateOf(byAll(printer)).toFixed(0)} decisions a second`);
  await printer.close();
}

const { values } = parseArgs({
  options: { stored: { type: 'string', default: '1000' }, 'pure-only': { type: 'boolean' } },
});
await pure();
if (!values['pure-only']) {
  const cluster = await startTestCluster(testEnvironment().databaseUrl);
  try {
    childEnvironment(cluster);
    if (!(await replayStored(Number(values.stored), say))) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}
