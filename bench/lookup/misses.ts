import { randomInt } from 'node:crypto';
import { Client } from 'undici';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { BROWSER, JSON_ONLY, median } from './ask.ts';
import type { Seeded } from './seed.ts';
import type { Route } from './stand.ts';

/** Headers that may differ between answers independent of the request. */
const OF_THE_MOMENT = new Set(['date', 'x-request-id']);
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Every kind of miss, by path. */
function kindsOfMiss({ known, notDrawn }: Seeded): Record<string, string> {
  const [code = ''] = known;
  const other = SYMBOLS[(SYMBOLS.indexOf(code.slice(-1)) + 1) % SYMBOLS.length] ?? '0';
  return {
    'unknown, well formed': makeCode(randomInt),
    'wrong check symbol': code.slice(0, -1) + other,
    'two neighbours of a known one swapped': swapped(code),
    'not drawn yet': notDrawn,
    'too short': code.slice(0, 24),
    'too long': 'A'.repeat(5000),
    'no letters of a code': '%D0%96%D0%96%D0%96',
    'no UTF-8': '%ff%fe',
    'no encoding': '%ZZ',
    'a path': '..%2f..%2fetc%2fpasswd',
  };
}

function swapped(code: string): string {
  const at = [...code].findIndex((symbol, index) => symbol !== code[index + 1]);
  return code.slice(0, at) + (code[at + 1] ?? '') + (code[at] ?? '') + code.slice(at + 2);
}

/** Requests every kind of miss in turn, one at a time; true when the answers are equal byte for byte. */
export async function compareMisses(
  route: Route,
  seeded: Seeded,
  times: number,
  say: (line: string) => void,
): Promise<boolean> {
  const client = new Client(route.url);
  let same = true;
  for (const [type, headers] of Object.entries({ JSON: JSON_ONLY, page: BROWSER })) {
    const kinds = Object.entries(kindsOfMiss(seeded)).map(([name, code]) => ({ name, code, ms: [] as number[] }));
    const answers = new Set<string>();
    for (let turn = -50; turn < times; turn += 1) {
      for (const kind of kinds) {
        const from = performance.now();
        const answer = await client.request({ path: `/c/${kind.code}`, method: 'GET', headers });
        const body = await answer.body.text();
        if (turn >= 0) kind.ms.push(performance.now() - from);
        const lasting = Object.entries(answer.headers).filter(([name]) => !OF_THE_MOMENT.has(name));
        // The page repeats the input and gives hints about its form.
        const told = type === 'JSON' ? [lasting, body] : body.replace(/value="[^"]*"|<li>.*<\/li>/g, '');
        answers.add(JSON.stringify([answer.statusCode, told]));
      }
    }
    const medians = kinds.map(({ ms }) => median(ms));
    const [least, most] = [Math.min(...medians), Math.max(...medians)];
    say(`misses as ${type}: ${answers.size} different answer(s) to ${kinds.length} kinds, ${times} times each`);
    kinds.forEach(({ name }, index) => void say(`  ${name.padEnd(40)}${medians[index]?.toFixed(3)} ms`));
    const within = most <= least * 1.2 || most - least <= 1;
    say(
      `  slowest beside fastest: ${(most / least).toFixed(2)} ×, ${(most - least).toFixed(3)} ms: ${within ? 'within' : 'NOT within'} 20 % or 1 ms`,
    );
    same &&= answers.size === 1 && [...answers][0]?.startsWith('[404,') === true;
  }
  await client.close();
  return same;
}
