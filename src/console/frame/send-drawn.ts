import type { Response } from 'express';
import { message } from '../../domain/messages/message.ts';
import { unavailable } from '../../platform/http/problem.ts';
import { PreviewsBusy } from '../../ports/previews.ts';

const RETRY_SECONDS = 2;

/** Sends a picture as soon as it is drawn. @throws Problem 503 while too many are being drawn */
export async function sendDrawn(res: Response, picture: Promise<Buffer>): Promise<void> {
  const bytes = await picture.catch((error: unknown) => {
    if (error instanceof PreviewsBusy) throw unavailable(message('down.mock-ups'), RETRY_SECONDS);
    throw error;
  });
  res.type('png').send(bytes);
}
