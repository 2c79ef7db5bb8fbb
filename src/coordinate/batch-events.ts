import type { Request, Response } from 'express';
import { inLanguageOf } from '../platform/http/language.ts';
import type { BatchStreams, StreamOwner } from './batch-streams.ts';
import type { BatchView } from './create-batch.ts';

const HEARTBEAT_MS = 15_000;

/** What is written to a stream: an event for a batch that has changed, and one at its end. */
export interface EventTexts {
  /** Changes exactly when an event must be written. */
  fingerprint(view: BatchView): string;
  event(view: BatchView): { name: string; data: unknown };
  end(view: BatchView | null): { name: string; data: unknown } | null;
}

/** The events of `GET /api/batches/{id}/events`. */
export function progressEvents(res: Response): EventTexts {
  return {
    fingerprint: ({ etaSeconds: _, ...standing }) => JSON.stringify(standing),
    event: (view) => ({ name: 'progress', data: inLanguageOf(res, view) }),
    end: (view) =>
      view?.state === 'finished' || view?.state === 'cancelled' ? { name: 'end', data: { state: view.state } } : null,
  };
}

/**
 * Server-sent events of one batch: an event whenever it has changed, a comment every 15 s to keep proxies from closing
 * the connection, and the last one when it is finished or cancelled. Stops when the client disconnects.
 * @throws Problem 429 when the owner has too many open streams
 */
export function streamBatch(
  req: Request,
  res: Response,
  { streams, batchId, owner, texts }: { streams: BatchStreams; batchId: string; owner: StreamOwner; texts: EventTexts },
): void {
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  };
  if (req.method === 'HEAD') {
    res.status(200).set(headers).end();
    return;
  }
  let lastSent = '';
  let last: BatchView | null = null;
  const write = (event: { name: string; data: unknown }) =>
    res.write(`event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
  const leave = streams.follow(batchId, {
    owner,
    onView(view) {
      last = view;
      const news = texts.fingerprint(view);
      if (news !== lastSent) write(texts.event(view));
      lastSent = news;
    },
    onEnd() {
      const event = texts.end(last);
      if (event) write(event);
      stop();
      res.end();
    },
  });
  const heart = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS);
  const stop = () => {
    clearInterval(heart);
    leave();
  };
  res.once('close', stop);
  res.status(200).set(headers).flushHeaders();
}
