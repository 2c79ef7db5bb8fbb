import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { localTime } from '../../../src/domain/time/local-time.ts';
import { offsetSegments } from '../../../src/domain/time/zone.ts';
import { type Product, startProduct } from '../../support/product.ts';
import { until } from '../../support/world.ts';
import { lacksPostgres, startEnvPostgres } from './env-postgres.ts';
import { lacksFakeTime, offset, wrongClock } from './fake-time.ts';
import type { Seen, Trial } from './trial.ts';

const ZONE = 'Europe/Chisinau';
const MINUTE = 60_000;
const GROUPS = 40;
/** The batch begins so long before the change; when it is under way, all clocks are set to shortly before it. */
const BEFORE_SECONDS = 600;
const SHORTLY_SECONDS = 3;

/** The next change of the clock in the zone: its instant, and by how many milliseconds the clock moves. */
function nextChange(forward: boolean): { at: number; by: number } {
  const segments = offsetSegments(ZONE, { start: Date.now(), end: Date.now() + 400 * 24 * 60 * MINUTE });
  for (const [index, { start, offset }] of segments.entries()) {
    const by = offset - (segments[index - 1]?.offset ?? offset);
    if (forward ? by > 0 : by < 0) return { at: start, by };
  }
  throw new Error(`${ZONE} changes its clock no more`);
}

/** The window that opens at a local time of every day, and closes at midnight. */
async function openFrom(templates: string, from: string): Promise<void> {
  const file = join(templates, 'countries.yaml');
  const countries = parseDocument(await readFile(file, 'utf8'));
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const contact = { windows: [{ days, from, to: '24:00' }], closeMargin: 0 };
  countries.setIn(['MD', 'contact'], countries.createNode(contact));
  await writeFile(file, countries.toString());
}

/** All teachers of the sample live in the zone. */
async function moveAll(product: Product): Promise<void> {
  for (let number = 1; number <= GROUPS; number += 1) {
    const id = `sg_${String(number).padStart(4, '0')}`;
    const student = { country: 'MD', timezone: ZONE, phone: null };
    await product.lms.control(`student-groups/${id}?quiet=1`, {
      student,
      registration: { form: 'cis-2026', country: 'MD' },
    });
  }
}

interface Change {
  name: 'forward' | 'back';
  forward: boolean;
  /** The instants between which no letter may be sent, in milliseconds after the change. */
  closed: [number, number];
}

const CHANGES: Change[] = [
  // 01:59 is followed by 03:00 (or 02:59 by 04:00): the window opens at a time that no clock shows.
  { name: 'forward', forward: true, closed: [-60 * MINUTE, 0] },
  // The hour before the change is shown twice: what was open is closed again, and opens for the second time.
  { name: 'back', forward: false, closed: [0, 30 * MINUTE] },
];

async function tryChange({ name, forward, closed }: Change): Promise<Seen> {
  const { at } = nextChange(forward);
  // Half an hour into the hour that is left out or repeated.
  const begin = offsetSegments(ZONE, { start: at - 60 * MINUTE, end: at })[0]?.offset ?? 0;
  const wall = at + begin + (forward ? 30 : -30) * MINUTE;
  const from = new Date(wall).toISOString().slice(11, 16);
  const notes = [`at ${new Date(at).toISOString()}, window from ${from} in ${ZONE}`];
  const faults: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'gramota-clock-'));
  await chmod(folder, 0o755);
  const file = join(folder, 'ahead');
  let ahead = 0;
  const setClocks = async (instant: number) => {
    ahead = Math.round((instant - Date.now()) / 1000);
    await writeFile(file, `${offset(ahead)}\n`);
  };
  const fakeNow = () => Date.now() + ahead * 1000;
  await setClocks(at - BEFORE_SECONDS * 1000);
  const first = wrongClock({ file });
  const postgres = await startEnvPostgres(first);
  const never = async () => undefined;
  const database = { ...postgres, pid: async () => 0, restart: never, halt: never, resume: never };
  const product = await startProduct(`clock-${name}`, {
    database,
    size: GROUPS,
    everyEnv: first,
    prepare: (templates) => openFrom(templates, from),
  });
  try {
    await moveAll(product);
    await product.startProcesses();
    await product.createBatch();
    // One teacher of the sample proves another country.
    const ours = () => product.db('certificate').where({ country: 'MD' }).pluck<string[]>('id');
    const lettersOf = async () => {
      const ids = await ours();
      const path = 'letters?brief=1';
      const { letters } = await product.sendsay.control<{ letters: { at: string; customerId: string }[] }>(path);
      return letters.filter(({ customerId }) => ids.includes(customerId));
    };
    const count = (state: string) =>
      product
        .db('personal_issue')
        .where({ state })
        .count()
        .then((rows) => Number(rows[0]?.['count']));
    await until('a batch under way', async () => (forward ? await count('waiting') : (await lettersOf()).length) >= 3);
    await setClocks(at - SHORTLY_SECONDS * 1000);
    await until('all letters', async () => {
      const open = await product
        .db('standing')
        .whereIn('state', ['pending', 'awarded', 'patched', 'rendered', 'sending', 'accepted'])
        .first('state');
      return (
        fakeNow() > at + 10_000 && open === undefined && (await product.db('personal_issue').first('id')) !== undefined
      );
    });
    const letters = await lettersOf();
    const waiting = await count('waiting');
    const within = letters.filter(
      ({ at: sent }) => Date.parse(sent) >= at + closed[0] && Date.parse(sent) < at + closed[1],
    );
    const before = letters.filter(({ at: sent }) => Date.parse(sent) < at).length;
    notes.push(`letters before the change ${before}, after it ${letters.length - before}, waiting ${waiting}`);
    if (within.length > 0) faults.push(`${within.length} letters while the window was closed`);
    if (new Set(letters.map(({ customerId }) => customerId)).size < letters.length)
      faults.push('a letter was sent twice');
    if (forward && (waiting > 0 || before > 0 || letters.length === 0))
      faults.push('letters did not wait for the change');
    if (!forward) {
      if (before === 0 || waiting === 0) faults.push('the change did not fall into the batch');
      const due: Date[] = await product.db('personal_issue').where({ state: 'waiting' }).distinct().pluck('send_after');
      notes.push(
        `due again at ${due.map((instant) => localTime(instant.getTime(), ZONE).toFormat("HH:mm 'UTC'ZZ")).join(', ')}`,
      );
      if (due.some((instant) => instant.getTime() !== at + closed[1])) faults.push('due at another time');
    }
    faults.push(...product.endedByThemselves);
    return { notes, faults };
  } finally {
    await product.close();
    await rm(folder, { recursive: true });
  }
}

export const clockChanges: Trial[] = CHANGES.map((change) => ({
  name: `clocks of a country set ${change.name} in the middle of a batch`,
  lacks: () => lacksFakeTime() ?? lacksPostgres(),
  run: () => tryChange(change),
}));
