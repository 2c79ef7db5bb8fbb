import { openReplayer, type Replay, type Replayer } from '../compose/open-replayer.ts';
import type { Config } from '../config.ts';
import { InputError } from '../domain/failure.ts';
import type { Db } from '../records/rows.ts';
import { type Decision, selectDecisionsBefore } from '../records/student-groups/decisions.ts';
import { findDecision } from './decision.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

export interface ReplayOptions {
  /** Every decision of one release. */
  release?: string;
  /** The newest decisions, of one release or of all. */
  last?: number;
  json?: boolean;
}

const PAGE = 500;

interface Counts {
  same: number;
  different: number;
  impossible: number;
  /** Number of replayed decisions to which today's rules give another result. */
  differentToday: number;
}

/**
 * `gramota decision replay`: replays stored decisions with their own rules and with today's. A decision named by id
 * is always printed; of several, only those that differ.
 * @throws InputError after printing, when a result differs, or when a decision named by id cannot be replayed
 */
export async function runDecisionReplay(
  config: Config,
  ids: string[],
  options: ReplayOptions,
  say: Say,
): Promise<void> {
  const many = options.release !== undefined || options.last !== undefined;
  if (many === ids.length > 0) throw new InputError('give ids of decisions, or --release or --last, but not both');
  const counts: Counts = { same: 0, different: 0, impossible: 0, differentToday: 0 };
  const shown: object[] = [];
  await withDatabase(config, async (db) => {
    const named = await Promise.all(ids.map((id) => findDecision(db, id)));
    const replayer = await openReplayer(db, config.TEMPLATES_DIR);
    try {
      for await (const [decision, replay] of replayed(many ? pages(db, options) : [named], replayer)) {
        count(counts, replay);
        if (many && replay.kind === 'same') continue;
        if (options.json) shown.push(asJson(decision, replay));
        else for (const line of inWords(decision, replay)) say(line);
      }
    } finally {
      await replayer.close();
    }
  });
  if (options.json) say(JSON.stringify({ counts, decisions: shown }, null, 2));
  else if (many) say(summary(counts));
  if (counts.different > 0) throw new InputError(`stored decisions that differ from their replay: ${counts.different}`);
  if (!many && counts.impossible > 0)
    throw new InputError(`decisions that could not be replayed: ${counts.impossible}`);
}

async function* replayed(
  decisions: AsyncIterable<Decision[]> | Decision[][],
  replayer: Replayer,
): AsyncGenerator<[Decision, Replay]> {
  for await (const page of decisions) for (const decision of page) yield [decision, await replayer.replay(decision)];
}

async function* pages(db: Db, { release, last }: ReplayOptions): AsyncGenerator<Decision[]> {
  let left = last ?? Number.POSITIVE_INFINITY;
  let before: number | null = null;
  while (left > 0) {
    const query = { releaseId: release ?? null, before, limit: Math.min(left, PAGE) };
    const page: Decision[] = await selectDecisionsBefore(db, query);
    const oldest = page.at(-1);
    if (oldest === undefined) return;
    yield page;
    left -= page.length;
    before = oldest.sequence;
  }
}

function count(counts: Counts, replay: Replay): void {
  counts[replay.kind] += 1;
  if (replay.kind !== 'impossible' && replay.today.differences.length > 0) counts.differentToday += 1;
}

function summary({ same, different, impossible, differentToday }: Counts): string {
  const today = `with the current rules ${differentToday} would differ`;
  return `${same} same, ${different} different, ${impossible} cannot be replayed; ${today}`;
}

function inWords(decision: Decision, replay: Replay): string[] {
  const subject = `decision ${decision.id} of ${decision.studentGroupId} (${outcomeOf(decision)})`;
  if (replay.kind === 'impossible') return [`${subject}: cannot be replayed: ${replay.detail}`];
  const { answer, differences } = replay.today;
  return [
    `${subject}: ${replay.kind === 'same' ? 'same' : 'differs'}`,
    ...replay.differences.map((line) => `  ${line}`),
    differences.length === 0
      ? '  the current rules give the same result'
      : `  the current rules would give ${outcomeOf(answer)}`,
    ...differences.map((line) => `    ${line}`),
  ];
}

function outcomeOf({ outcome, reason }: Pick<Decision, 'outcome' | 'reason'>): string {
  return reason === null ? outcome : `${outcome}: ${reason.code}`;
}

/** Contains neither the stored case nor its values; users who need them have access to the database. */
function asJson({ id, studentGroupId, rulesHash, outcome, reason }: Decision, replay: Replay): object {
  const decision = { id, studentGroupId, rulesHash, outcome, reason, result: replay.kind };
  if (replay.kind === 'impossible') return { ...decision, detail: replay.detail };
  const { answer, differences } = replay.today;
  const today = { outcome: answer.outcome, reason: answer.reason, differences };
  return { ...decision, differences: replay.differences, today };
}
