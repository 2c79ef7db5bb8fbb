import type { Request, Response } from 'express';
import { inLanguageOf } from '../platform/http/language.ts';
import type { BatchView } from './create-batch.ts';

const POLL_MS = 1000;
const POLLS_PER_HEARTBEAT = 15;

/**
 * Server-sent events of one batch: `progress` with the batch when it has changed, a comment every 15 s to keep
 * proxies from closing the connection, and `end` when it is finished or cancelled. Stops when the client disconnects.
 */
export async function streamBatch(
  req: Request,
  res: Response,
  source: {
    look: () => Promise<BatchView>;
    sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
    stopping: AbortSignal;
  },
): Promise<void> {
  const look = async () => inLanguageOf(res, await source.look());
  let view = await look();
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  res.flushHeaders();
  const left = new AbortController();
  res.once('close', () => left.abort());
  const over = AbortSignal.any([left.signal, source.stopping]);
  let lastSent = '';
  for (let polls = 1; !over.aborted; polls += 1) {
    const { etaSeconds, ...standing } = view;
    const news = JSON.stringify(standing);
    if (news !== lastSent) res.write(`event: progress\ndata: ${JSON.stringify({ ...standing, etaSeconds })}\n\n`);
    else if (polls % POLLS_PER_HEARTBEAT === 0) res.write(': still here\n\n');
    lastSent = news;
    if (view.state === 'finished' || view.state === 'cancelled') {
      res.write(`event: end\ndata: {"state":"${view.state}"}\n\n`);
      break;
    }
    await source.sleep(POLL_MS, over).catch(() => undefined);
    if (!over.aborted) view = await look();
  }
  res.end();
}
