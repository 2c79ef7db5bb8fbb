import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import type { Config } from '../config.ts';
import { ActList, ActNarrowing, actsCsv, everyAct, listActs } from '../coordinate/act-routes.ts';
import { listReleases, ReleaseList } from '../coordinate/release-list.ts';
import { listStudentGroups, StudentGroupList } from '../coordinate/student-group-list.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message, messageIn } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseInput } from '../platform/http/validate.ts';
import { shownTime } from './shown-time.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

export interface PageOptions {
  limit?: string;
  cursor?: string;
  json?: boolean;
}

export interface FindOptions extends PageOptions {
  state?: string;
  reason?: string;
  release?: string;
  country?: string;
  template?: string;
  needsReissue?: boolean;
}

/** `gramota find`: like `GET /api/student-groups`, as a table. */
export async function runFind(
  config: Config,
  words: string[],
  options: FindOptions,
  language: Language,
  say: Say,
): Promise<void> {
  const { json, needsReissue, ...narrowing } = options;
  const q = words.join(' ');
  const query = readOptions(StudentGroupList, {
    ...narrowing,
    ...(q === '' ? {} : { q }),
    ...(needsReissue ? { needsReissue: 'true' } : {}),
  });
  const page = await withDatabase(config, (db) => listStudentGroups(db, query));
  const word = wordsIn(language);
  showPage(
    page,
    json,
    say,
    [
      word('id'),
      word('name'),
      word('latin'),
      word('release'),
      word('country'),
      word('state'),
      word('reason'),
      word('number'),
    ],
    (item) => [
      [
        item.studentGroupId,
        item.fullName ?? '-',
        item.latinName ?? '-',
        item.releaseId ?? '-',
        item.country ?? '-',
        item.state,
        item.reason?.code ?? '-',
        item.number ?? '-',
      ],
    ],
  );
}

/** `gramota release list`: like `GET /api/releases`, as a table. */
export async function runReleaseList(
  config: Config,
  options: PageOptions,
  language: Language,
  say: Say,
): Promise<void> {
  const { json, ...narrowing } = options;
  const query = readOptions(ReleaseList, narrowing);
  const page = await withDatabase(config, (db) => listReleases(db, query));
  const word = wordsIn(language);
  showPage(
    page,
    json,
    say,
    [word('id'), word('title'), word('closed'), word('total'), word('state'), word('batch')],
    (item) => {
      const { total, ...states } = item.counts;
      const counts = Object.entries(states).map(([state, count]) => `${state} ${count}`);
      const closed = word(item.closed ? 'yes' : 'no');
      return [[item.id, item.title ?? '-', closed, String(total), counts.join(', ') || '-', item.lastBatchId ?? '-']];
    },
  );
}

export interface ActsOptions extends PageOptions {
  actor?: string;
  verb?: string;
  subject?: string;
  since?: string;
  bulkActId?: string;
  out?: string;
}

/** `gramota acts list`: like `GET /api/acts`, as a table; with `--out` all of them, like `GET /api/acts.csv`. */
export async function runActsList(config: Config, options: ActsOptions, language: Language, say: Say): Promise<void> {
  const { json, out, limit, cursor, ...narrowing } = options;
  if (out !== undefined) {
    const filter = readOptions(ActNarrowing, narrowing);
    let count = 0;
    await withDatabase(config, async (db) => {
      const counted = async function* () {
        for await (const act of everyAct(db, filter)) {
          count += 1;
          yield act;
        }
      };
      await pipeline(counted(), actsCsv(), createWriteStream(out));
    });
    say(message('find.acts-written', { count, file: out }));
    return;
  }
  const query = readOptions(ActList, {
    ...narrowing,
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const page = await withDatabase(config, (db) => listActs(db, query));
  const word = wordsIn(language);
  showPage(page, json, say, [word('when'), word('who'), word('what'), word('subject'), word('reason')], (act) => [
    [shownTime(act.at), act.actor, act.verb, act.subject, act.reason?.replaceAll(/\s+/gu, ' ') ?? '-'],
  ]);
}

type Word = Parameters<typeof messageIn>[1] extends infer Code
  ? Code extends `word.${infer Name}`
    ? Name
    : never
  : never;
const wordsIn = (language: Language) => (word: Word) => messageIn(language, `word.${word}`);

/** As a request to the API would be read; a fault names the option. */
export function readOptions<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  try {
    return parseInput(schema, input);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors ?? [];
    throw new InputError(
      faults.map(({ pointer, detail }) => `${pointer === '/q' ? '' : `--${pointer.slice(1)}: `}${detail}`),
    );
  }
}

/** Prints a page as a table, with the rows that each item makes; or as JSON. */
export function showPage<Item>(
  page: { items: Item[]; nextCursor: string | null },
  json: boolean | undefined,
  say: Say,
  header: string[],
  rowsOf: (item: Item) => string[][],
): void {
  const lines = page.items.length === 0 ? [message('find.none')] : table(header, page.items.flatMap(rowsOf));
  for (const line of json ? [JSON.stringify(page, null, 2)] : lines) say(line);
  if (json) return;
  if (page.nextCursor !== null) say(message('find.more', { cursor: page.nextCursor }));
}
