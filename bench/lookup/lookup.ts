import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { BROWSER, JSON_ONLY, median } from './ask.ts';
import { guessCodes, pressLimit } from './guesses.ts';
import { compareMisses } from './misses.ts';
import { type Cell, type Figures, measureRates, ratio } from './rates.ts';
import { seedCertificates } from './seed.ts';
import { openStand, type Stand } from './stand.ts';

/**
 * `npm run bench:lookup`: the public look-up under load, and the result of guessing codes. Explained in
 * bench/README.md.
 */
const FEW = 1000;
const UNKNOWN = 100_000;
const FOUND = [200, 410];
const SAME_SELECT = "express, the product's select: known";
const PAGE = '/c/{code}, the page: known';

const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
    guesses: { type: 'string', default: '100000' },
    misses: { type: 'string', default: '1000' },
  },
});
const whole = (name: keyof typeof values) => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number from 1 is needed`);
  return value;
};

const stand = await openStand();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stand.close().finally(() => process.exit(130)));
}
try {
  process.exitCode = (await run(stand)) ? 0 : 1;
} finally {
  await stand.close();
}

async function run(stand: Stand): Promise<boolean> {
  const [manyUrl, fewUrl] = [await stand.createDatabase('lookup_many'), await stand.createDatabase('lookup_few')];
  const begun = performance.now();
  const [many, few] = [await seedCertificates(manyUrl, whole('rows')), await seedCertificates(fewUrl, FEW)];
  say(`${whole('rows')} and ${FEW} certificates, written in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  const unknown = Array.from({ length: UNKNOWN }, () => makeCode(randomInt));
  const constant = await stand.bare('constant', manyUrl);
  const select = await stand.bare('select', manyUrl);
  const same = await stand.bare('same', manyUrl);
  const ofMany = await stand.serve(manyUrl);
  const ofFew = await stand.serve(fewUrl);
  const json = { headers: JSON_ONLY };
  const cells: Cell[] = [
    { name: 'express, a constant', route: constant, codes: unknown, statuses: [200], ...json },
    { name: 'express, one select: known', route: select, codes: many.known, statuses: [200], ...json },
    { name: 'express, one select: unknown', route: select, codes: unknown, statuses: [404], ...json },
    { name: SAME_SELECT, route: same, codes: many.known, statuses: FOUND, ...json },
    { name: '/c/{code}: known', route: ofMany, codes: many.known, statuses: FOUND, ...json },
    { name: `/c/{code}: known, of ${FEW}`, route: ofFew, codes: few.known, statuses: FOUND, ...json },
    { name: '/c/{code}: unknown', route: ofMany, codes: unknown, statuses: [404], ...json },
    { name: `/c/{code}: unknown, of ${FEW}`, route: ofFew, codes: unknown, statuses: [404], ...json },
    { name: PAGE, route: ofMany, codes: many.known, statuses: FOUND, headers: BROWSER },
  ];
  tellRates(await measureRates(cells, whole('rounds'), whole('seconds') * 1000));
  const equal = await compareMisses(ofMany, many, whole('misses'), say);
  const fruitless = await guessCodes({ stand, route: ofMany, databaseUrl: manyUrl }, whole('guesses'), say);
  const behindProxy = { TRUST_PROXY: '1' };
  const two = [await stand.serve(fewUrl, behindProxy), await stand.serve(fewUrl, behindProxy)];
  const limited = await pressLimit(two, say);
  say(equal && fruitless && limited ? 'sound' : 'FAILED');
  return equal && fruitless && limited;
}

function tellRates(all: Map<string, Figures>): void {
  const cells = (...texts: string[]) => texts.map((text) => text.padStart(12)).join('');
  say(`${''.padEnd(38)}${cells('requests/s', 'p50 ms', 'p99 ms', 'CPU µs')}`);
  for (const [name, { perSecond, p50, p99, cpu }] of all) {
    const [rate, half, most, busy] = [perSecond, p50, p99, cpu].map(median) as [number, number, number, number];
    say(`${name.padEnd(38)}${cells(rate.toFixed(0), half.toFixed(2), most.toFixed(2), busy.toFixed(0))}`);
  }
  for (const kind of ['known', 'unknown']) {
    const [ours, ofFew, bare] = [
      `/c/{code}: ${kind}`,
      `/c/{code}: ${kind}, of ${FEW}`,
      `express, one select: ${kind}`,
    ].map((name) => all.get(name));
    if (!ours || !ofFew || !bare) continue;
    say(
      `${kind}: ${ratio(ours.perSecond, bare.perSecond).toFixed(2)} of the single select's requests/s; p99 ${ratio(ours.p99, ofFew.p99).toFixed(2)} × that of ${FEW}`,
    );
  }
  const bare = all.get(SAME_SELECT);
  for (const [name, wanted] of [
    ['/c/{code}: known', 1.15],
    [PAGE, 1.5],
  ] as const) {
    const ours = all.get(name);
    if (ours && bare) say(`${name}: ${ratio(ours.cpu, bare.cpu).toFixed(2)} of that route's CPU, ${wanted} wanted`);
  }
}
