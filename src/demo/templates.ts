import { cp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { InputError } from '../domain/failure.ts';
import { localTime } from '../domain/time/local-time.ts';

/** The only country of the demo whose letters wait, so that a waiting letter can be seen at any hour. */
export const WAITING_COUNTRY = 'MN';
const COUNTRIES = 'countries.yaml';

/** Resolves links in a path; a part that does not exist yet is kept as written. */
async function placeOf(path: string): Promise<string> {
  const full = resolve(path);
  const found = await realpath(full).catch(() => null);
  if (found !== null) return found;
  return dirname(full) === full ? full : join(await placeOf(dirname(full)), basename(full));
}

/** Whether one path equals the other or lies inside it. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * The templates folder must never be written. Refuses a work folder that is the templates folder, lies in it, or
 * contains it; links are resolved.
 * @throws InputError
 */
export async function refuseTemplatesFolder(templates: string, written: string): Promise<void> {
  const [from, to] = await Promise.all([placeOf(templates), placeOf(written)]);
  if (isWithin(to, from) || isWithin(from, to))
    throw new InputError([
      `the data folder ${written} and the templates folder ${templates} overlap, but Gramota must never write to templates; set GRAMOTA_DATA_DIR to another folder`,
    ]);
}

/**
 * Copies the templates folder for the demo. In the copy every country has open send windows at any hour, except one
 * whose only slot is two days ahead.
 * @throws InputError when the source has no countries.yaml, or the copy would overlap its source
 */
export async function prepareDemoTemplates(from: string, to: string, now: Date): Promise<void> {
  await refuseTemplatesFolder(from, to);
  const text = await readFile(join(from, COUNTRIES), 'utf8').catch(() => {
    throw new InputError(
      `${join(from, COUNTRIES)}: cannot be read; run the demo in the folder that has the templates, or set TEMPLATES_DIR`,
    );
  });
  const countries = parseDocument(text);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  for (const entry of (countries.contents as unknown as { items: { key: { value: string } }[] }).items) {
    if (entry.key.value !== 'default') countries.deleteIn([entry.key.value, 'contact']);
  }
  countries.setIn(
    ['default', 'contact'],
    countries.createNode({ windows: [{ days, from: '00:00', to: '24:00' }], source: 'demo' }),
  );
  const slot = localTime(now.getTime(), 'Asia/Ulaanbaatar')
    .plus({ days: 2 })
    .set({ hour: 10, minute: 0 })
    .toFormat("yyyy-MM-dd'T'HH:mm");
  countries.setIn([WAITING_COUNTRY, 'contact'], countries.createNode({ slots: [slot], source: 'demo' }));
  await rm(to, { recursive: true, force: true });
  // A copied link would point to the operator's own files. The changed file is written anew.
  const own = (path: string) => relative(from, path) !== COUNTRIES;
  await cp(from, to, { recursive: true, dereference: true, filter: own });
  await writeFile(join(to, COUNTRIES), countries.toString(), { flag: 'wx' });
}
