import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { parseDocument } from 'yaml';

/** The one country of the demo whose letters wait, so that a waiting letter can be seen at any hour. */
export const WAITING_COUNTRY = 'MN';

/**
 * A copy of the templates folder for the demo: every country may be written to at any hour, but for one whose only slot
 * is two days ahead.
 */
export async function prepareDemoTemplates(from: string, to: string, now: Date): Promise<void> {
  await rm(to, { recursive: true, force: true });
  // A folder that is only a link would be linked, and the operator’s own files changed below.
  await cp(from, to, { recursive: true, dereference: true });
  const file = join(to, 'countries.yaml');
  const countries = parseDocument(await readFile(file, 'utf8'));
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  for (const entry of (countries.contents as unknown as { items: { key: { value: string } }[] }).items) {
    if (entry.key.value !== 'default') countries.deleteIn([entry.key.value, 'contact']);
  }
  countries.setIn(
    ['default', 'contact'],
    countries.createNode({ windows: [{ days, from: '00:00', to: '24:00' }], source: 'demo' }),
  );
  const slot = DateTime.fromJSDate(now, { zone: 'Asia/Ulaanbaatar' })
    .plus({ days: 2 })
    .set({ hour: 10, minute: 0 })
    .toFormat("yyyy-MM-dd'T'HH:mm");
  countries.setIn([WAITING_COUNTRY, 'contact'], countries.createNode({ slots: [slot], source: 'demo' }));
  await writeFile(file, countries.toString());
}
