import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openDatabase } from '../platform/database/database.ts';
import type { DemoBatch, DemoItem } from './api-client.ts';

export interface DemoResult {
  batch: DemoBatch;
  items: DemoItem[];
  api: string;
  lmsUrl: string;
  sendsayUrl: string;
  databaseUrl: string;
  dir: string;
  say: (line: string) => void;
}

interface Patch {
  studentGroupId: string;
  body: unknown;
  status: number;
}
export interface Letter {
  customerId: string;
  email: string;
  attachments: { sha256: string }[];
}

const UNDERWAY = ['pending', 'not-met', 'held', 'excluded', 'cancelled'];

/**
 * Prints the results and compares them with the records of both sandboxes.
 * @throws Error when they differ
 */
export async function summarise(result: DemoResult): Promise<void> {
  const { batch, items, say, api } = result;
  say('\nstates');
  for (const [state, n] of Object.entries(batch.counts)) if (state !== 'total') say(`  ${state.padEnd(10)} ${n}`);
  const people = groupByStudent(items);
  const tally = { met: 0, 'not met': 0, held: 0 };
  for (const memberships of people.values()) tally[verdict(memberships)] += 1;
  say(`\nteachers: met ${tally.met} + not met ${tally['not met']} + held ${tally.held} = ${people.size}`);
  const doubles = items.filter((item) => item.reason?.code === 'already-awarded');
  if (doubles.length > 0)
    say(
      `  ${doubles.length} more membership of the same teacher: excluded, because the teacher already has a certificate`,
    );

  if (items.some((item) => item.state === 'held' || item.state === 'waiting'))
    say('\nheld or waiting items, with the reason');
  for (const item of items)
    if (item.state === 'held') say(`  ${item.studentGroupId}  ${item.reason?.code}: ${item.reason?.detail}`);
  for (const item of items)
    if (item.state === 'waiting')
      say(`  ${item.studentGroupId}  waiting until ${item.sendAfter}: ${item.reason?.detail}`);

  const patches = (await control<{ patches: Patch[] }>(result.lmsUrl, 'record')).patches;
  const letters = await lettersAt(result.sendsayUrl);
  const certificates = items.filter((item) => item.certificateId !== null && !UNDERWAY.includes(item.state));
  const faults = [...comparePatches(patches, items), ...compareLetters(letters, certificates)];
  const copies = letters.length - groupLetters(letters).size;
  say(
    `\nLMS: ${patches.filter((patch) => patch.status === 200).length} PATCHes applied; Sendsay: ${letters.length - copies} letters${copies > 0 ? ` and ${copies} copies` : ''}, each with its diploma`,
  );

  const shown = await showDiplomas(result);
  say('\nlookup');
  for (const { code, name } of shown) say(`  ${api}/c/${code}  ${name}`);
  const first = shown[0];
  if (first) {
    const response = await fetch(`${api}/c/${first.code}/diploma.pdf`);
    if (!response.ok) faults.push(`lookup answered ${response.status} for a diploma that was sent`);
    const path = resolve(join(result.dir, `diploma-${first.number}.pdf`));
    await writeFile(path, Buffer.from(await response.arrayBuffer()));
    say(`\ndiploma: ${path}`);
  }
  if (faults.length > 0) throw new Error(`the demo does not add up: ${faults.join('; ')}`);
}

function groupByStudent(items: DemoItem[]): Map<string, DemoItem[]> {
  const people = new Map<string, DemoItem[]>();
  for (const item of items) {
    const key = item.studentId ?? item.studentGroupId;
    people.set(key, [...(people.get(key) ?? []), item]);
  }
  return people;
}

function verdict(memberships: DemoItem[]): 'met' | 'not met' | 'held' {
  if (memberships.some((item) => item.state === 'held')) return 'held';
  return memberships.some((item) => item.certificateId !== null) ? 'met' : 'not met';
}

async function control<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(`${new URL(url).origin}/sandbox/${path}`)).json()) as T;
}

async function lettersAt(url: string): Promise<Letter[]> {
  const answer = await control<Letter[] | { letters: Letter[] }>(url, 'letters');
  return Array.isArray(answer) ? answer : answer.letters;
}

/** Checks that each certificate had one PATCH with exactly the two fields. */
function comparePatches(patches: Patch[], items: DemoItem[]): string[] {
  const faults: string[] = [];
  const applied = patches.filter((patch) => patch.status === 200);
  for (const patch of applied) {
    const body = patch.body as Record<string, unknown>;
    const exact = Object.keys(body).sort().join() === 'certTemplate,status' && body['status'] === 'criteria met';
    if (!exact) faults.push(`the PATCH of ${patch.studentGroupId} has a wrong body`);
  }
  for (const item of items) {
    const n = applied.filter((patch) => patch.studentGroupId === item.studentGroupId).length;
    if (n > 1) faults.push(`${item.studentGroupId} was patched ${n} times`);
    if (n > 0 && item.certificateId === null) faults.push(`${item.studentGroupId} was patched without a certificate`);
  }
  return faults;
}

/** Checks that each sent certificate had one letter, all others none, and that no address got two of one certificate. */
export function compareLetters(
  letters: Pick<Letter, 'customerId' | 'email'>[],
  certificates: Pick<DemoItem, 'certificateId' | 'state' | 'studentGroupId'>[],
): string[] {
  const faults: string[] = [];
  const byCertificate = groupLetters(letters);
  for (const item of certificates) {
    const addresses = byCertificate.get(item.certificateId ?? '') ?? [];
    const needsNone = item.state === 'waiting' || item.state === 'refused';
    const doubled = addresses.length - new Set(addresses).size;
    if (doubled > 0)
      faults.push(`certificate of ${item.studentGroupId} (${item.state}): ${doubled} letters were doubled`);
    if (addresses.length === 0 && !needsNone)
      faults.push(`certificate of ${item.studentGroupId} (${item.state}) has no letter`);
  }
  return faults;
}

/** The addresses of the letter of each certificate, and of its copies (`copyTo`). */
function groupLetters(letters: Pick<Letter, 'customerId' | 'email'>[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { customerId, email } of letters) grouped.set(customerId, [...(grouped.get(customerId) ?? []), email]);
  return grouped;
}

/** Shows three certificates in different languages, with the secret codes that their letters contain. */
async function showDiplomas(result: DemoResult): Promise<{ code: string; number: string; name: string }[]> {
  const db = openDatabase({ url: result.databaseUrl, poolMax: 1, applicationName: 'gramota-demo' });
  try {
    const { rows } = await db.raw<{ rows: { code: string; number: string; name: string }[] }>(`
      select c.code, c.number, v.facts ->> 'holderName' as name
      from certificate c join certificate_version v on v.certificate_id = c.id join diploma d on d.certificate_id = c.id
      order by row_number() over (partition by c.cert_template order by c.number), c.number limit 3`);
    return rows;
  } finally {
    await db.destroy();
  }
}
