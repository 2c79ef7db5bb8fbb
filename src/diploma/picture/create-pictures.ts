import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { Badge, Pictures, ShareCard } from '../../ports/pictures.ts';
import type { TemplateBundle } from '../template/template.ts';
import { KeptPictures } from './kept-pictures.ts';
import { createLine } from './picture-line.ts';

/** In milliseconds; an idle thread ends after this time and frees its memory. */
const IDLE = 60_000;
/** Images drawn at the same time, waiting images, and both together of one client; further requests are refused. */
const THREADS = 2;
const WAITING = 20;
const OF_CLIENT = 4;
/** Cache limit in bytes: about two hundred diplomas. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Makes at most two images at a time, in threads that exist only while they are needed. Images are cached in memory only: they
 * can be computed again, and an erasure has no copies to delete.
 */
export function createPictures(bundles: readonly TemplateBundle[]): Pictures {
  const pool = new Piscina({
    recordTiming: false,
    filename: new URL(`./picture-worker${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: IDLE,
  });
  const inLine = createLine({ most: THREADS + WAITING, mostOfClient: OF_CLIENT });
  const run = async (client: string, task: unknown, name: 'firstPage' | 'card' | 'badge'): Promise<Buffer> => {
    const bytes = (await inLine(client, () => pool.run(task, { name }))) as Uint8Array;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const kept = new KeptPictures(KEPT_BYTES);
  const drawn = async (name: 'card' | 'badge', picture: ShareCard | Badge, client: string): Promise<Buffer> => {
    const bundle = bundleFor(picture);
    if (bundle === undefined) throw new Error('no template is available for the fonts');
    const wanted = { [name]: picture };
    const made = await kept.get(JSON.stringify(wanted), () => run(client, { ...wanted, bundle }, name));
    if (made === null) throw new Error(`no ${name} was created`);
    return made;
  };
  const bundleFor = ({ templateId, language }: { templateId: string; language: string }) =>
    bundles.find((bundle) => bundle.id === templateId) ??
    bundles.find((bundle) => bundle.language === language) ??
    bundles[0];
  return {
    firstPage: (sha256, read, client) =>
      kept.get(sha256, async () => {
        const pdf = await read();
        return pdf === null ? null : run(client, pdf, 'firstPage');
      }),
    card: (card, client) => drawn('card', card, client),
    badge: (badge, client) => drawn('badge', badge, client),
    close: () => pool.close(),
  };
}
