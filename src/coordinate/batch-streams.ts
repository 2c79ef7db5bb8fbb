import { message } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Clock } from '../ports/clock.ts';
import { selectBatch } from '../records/batches/batches.ts';
import { selectOpenSessions } from '../records/console-sessions.ts';
import type { Db } from '../records/rows.ts';
import { selectActiveTokens } from '../records/tokens.ts';
import { type BatchView, viewBatch } from './create-batch.ts';

/** Who follows a batch: the token or the session by which the stream was opened. */
export interface StreamOwner {
  kind: 'token' | 'session';
  id: string;
  /** What open streams are counted for: the token, also of its sessions, or the person. */
  account: string;
}

export interface Follower {
  owner: StreamOwner;
  /** The batch as it stands now; called once a second. */
  onView(view: BatchView): void;
  /** The batch is over, the owner's token or session ended, or the process stops: nothing follows. */
  onEnd(): void;
}

export interface BatchStreams {
  /**
   * Follows a batch until the returned function is called.
   * @throws Problem 429 when the owner has too many open streams
   */
  follow(batchId: string, follower: Follower): () => void;
}

export interface BatchStreamsContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  stopping: AbortSignal;
}

/** Ended tokens and sessions are looked for in every turn, so that their streams end within a second. */
const TURN_MS = 500;
/** Batches are looked at once a second. */
const TURNS_PER_LOOK = 2;
const MOST_PER_OWNER = 20;

/**
 * The open streams of this process. Each batch is read once a second for all its followers, whoever they are, and one
 * query ends the streams of revoked tokens and of ended sessions.
 */
export function createBatchStreams(ctx: BatchStreamsContext): BatchStreams {
  const followed = new Map<string, Set<Follower>>();
  /** Aborted when the last follower has left: the loop ends at once and holds no timer. */
  let unfollowed: AbortController | null = null;

  const all = (): Follower[] => [...followed.values()].flatMap((some) => [...some]);

  async function dropEnded(): Promise<void> {
    // Who comes while it is looked for is not among those asked for.
    const asked = all();
    const idsOf = (kind: StreamOwner['kind']) => [
      ...new Set(asked.flatMap(({ owner }) => (owner.kind === kind ? [owner.id] : []))),
    ];
    const open = {
      session: await selectOpenSessions(ctx.db, idsOf('session'), ctx.clock.now()),
      token: await selectActiveTokens(ctx.db, idsOf('token'), ctx.clock.now()),
    };
    for (const follower of asked) if (!open[follower.owner.kind].has(follower.owner.id)) follower.onEnd();
  }

  async function look(batchId: string): Promise<void> {
    const batch = await selectBatch(ctx.db, batchId);
    const view = batch && (await viewBatch(ctx.db, batch, ctx.clock.now()));
    for (const follower of followed.get(batchId) ?? []) {
      if (view) follower.onView(view);
      if (!view || view.state === 'finished' || view.state === 'cancelled') follower.onEnd();
    }
  }

  async function run(gone: AbortController): Promise<void> {
    const over = AbortSignal.any([ctx.stopping, gone.signal]);
    for (let turn = 0; !over.aborted; turn += 1) {
      const isLook = turn % TURNS_PER_LOOK === 0;
      // A database that is away for a moment ends no stream.
      await dropEnded()
        .then(() => Promise.all(isLook ? [...followed.keys()].map(look) : []))
        .catch(() => undefined);
      if (!over.aborted) await ctx.sleep(TURN_MS, over).catch(() => undefined);
    }
    if (ctx.stopping.aborted) for (const follower of all()) follower.onEnd();
  }

  return {
    follow(batchId, follower) {
      const { account } = follower.owner;
      const own = all().filter(({ owner }) => owner.account === account).length;
      if (own >= MOST_PER_OWNER)
        throw new Problem(429, message('http.streams', { most: MOST_PER_OWNER }), { headers: { 'Retry-After': '5' } });
      const some = followed.get(batchId) ?? new Set();
      followed.set(batchId, some.add(follower));
      if (!unfollowed) {
        unfollowed = new AbortController();
        // Not at once: the caller gets the function that stops following before anything is reported to it.
        queueMicrotask(run.bind(null, unfollowed));
      }
      return () => {
        some.delete(follower);
        if (some.size === 0 && followed.get(batchId) === some) followed.delete(batchId);
        if (followed.size > 0) return;
        unfollowed?.abort();
        unfollowed = null;
      };
    },
  };
}
