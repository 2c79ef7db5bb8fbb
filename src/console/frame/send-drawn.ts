import type { Response } from 'express';
import { unlessBusy } from '../../coordinate/template-routes.ts';

/** Sends a picture as soon as it is drawn. @throws Problem 503 while too many are being drawn */
export async function sendDrawn(res: Response, picture: Promise<Buffer>): Promise<void> {
  res.type('png').send(await unlessBusy(picture));
}
