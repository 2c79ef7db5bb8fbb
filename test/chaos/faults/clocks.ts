import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { localTime } from '../../../src/domain/time/local-time.ts';
import type { Product, ProductOptions } from '../../support/product.ts';
import { lacksFakeTime, offset, wrongClock } from './fake-time.ts';
import { duringBatch, type Trial } from './trial.ts';

const MINUTE = 60_000;
const COUNTRY = 'KZ';
const ZONE = 'Asia/Almaty';

/** One country's letters may be sent at a time when it is that late by a clock that is `seconds` ahead, and in two days. */
async function closeNow(templates: string, seconds: number): Promise<void> {
  const file = join(templates, 'countries.yaml');
  const countries = parseDocument(await readFile(file, 'utf8'));
  const opens = [Date.now() + seconds * 1000 - 30 * MINUTE, Date.now() + 48 * 60 * MINUTE];
  const slots = opens.map((instant) => localTime(instant, ZONE).toFormat("yyyy-MM-dd'T'HH:mm"));
  countries.setIn([COUNTRY, 'contact'], countries.createNode({ slots, for: 60 }));
  await writeFile(file, countries.toString());
}

async function judgeTimes(product: Product, began: number, notes: string[], faults: string[]): Promise<void> {
  const { db } = product;
  const states: { state: string }[] = await db('personal_issue as i')
    .join('certificate as c', 'c.id', 'i.certificate_id')
    .where('c.country', COUNTRY)
    .select('i.state');
  const early = states.filter(({ state }) => state !== 'waiting').length;
  notes.push(`${states.length} letters wait for their slot`);
  if (states.length === 0) faults.push(`no letter for ${COUNTRY}`);
  if (early > 0) faults.push(`${early} of ${states.length} letters outside their slot`);
  const { rows } = await db.raw('select min(awarded_at) as first, max(awarded_at) as last from certificate');
  const { first, last } = rows[0] as { first: Date; last: Date };
  if (first.getTime() < began - MINUTE || last.getTime() > Date.now() + MINUTE)
    faults.push(`recorded times ${first.toISOString()} to ${last.toISOString()}`);
  const status = await product.webhook('sg_0002');
  if (status !== 202) faults.push(`a webhook signed now was answered ${status}`);
}

function constant(seconds: number): Trial {
  return {
    name: `clock of the host ${offset(seconds / 3600)} h`,
    lacks: lacksFakeTime,
    async run() {
      const began = Date.now();
      const options: ProductOptions = {
        processEnv: wrongClock({ seconds }),
        prepare: (templates) => closeNow(templates, seconds),
      };
      return duringBatch(`clock${seconds}`, options, (product, notes, faults) =>
        judgeTimes(product, began, notes, faults),
      );
    },
  };
}

/** The clock is right when the processes start; then somebody sets it. */
function stepped(seconds: number): Trial {
  return {
    name: `clock of the host set by ${offset(seconds / 3600)} h while the processes run`,
    lacks: lacksFakeTime,
    async run() {
      const began = Date.now();
      const folder = join(tmpdir(), `gramota-clock-${process.pid}`);
      await mkdir(folder, { recursive: true });
      const file = join(folder, `ahead${seconds}`);
      await writeFile(file, '+0\n');
      return duringBatch(
        `clock-set${seconds}`,
        {
          processEnv: wrongClock({ file }),
          prepare: (templates) => closeNow(templates, seconds),
          beforeBatch: () => writeFile(file, `${offset(seconds)}\n`),
        },
        (product, notes, faults) => judgeTimes(product, began, notes, faults),
      );
    },
  };
}

export const clockTrials: Trial[] = [constant(3600), constant(-3600), stepped(3600), stepped(-3600)];
