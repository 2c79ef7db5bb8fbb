import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { type Badge, type Pictures, PicturesBusy, type ShareCard } from '../../ports/pictures.ts';
import type { TemplateBundle } from '../template/template.ts';
import { KeptPictures } from './kept-pictures.ts';

/** In milliseconds; an idle thread ends after this time and frees its memory. */
const IDLE = 60_000;
/** Maximum number of waiting images; further requests are refused. */
const QUEUE = 64;
/** Cache limit in bytes: about two hundred diplomas. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Makes images one at a time in a thread that exists only while it is needed. Images are cached in memory only: they
 * can be computed again, and an erasure has no copies to delete.
 */
export function createPictures(bundles: readonly TemplateBundle[]): Pictures {
  const pool = new Piscina({
    filename: new URL(`./picture-worker${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE,
  });
  const run = async (task: unknown, name: 'firstPage' | 'card' | 'badge'): Promise<Buffer> => {
    if (pool.queueSize >= QUEUE) throw new PicturesBusy('too many images are requested at the same time');
    const bytes = (await pool.run(task, { name })) as Uint8Array;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const kept = new KeptPictures(KEPT_BYTES);
  const drawn = async (name: 'card' | 'badge', picture: ShareCard | Badge): Promise<Buffer> => {
    const bundle = bundleFor(picture);
    if (bundle === undefined) throw new Error('no template is available for the fonts');
    const wanted = { [name]: picture };
    const made = await kept.get(JSON.stringify(wanted), () => run({ ...wanted, bundle }, name));
    if (made === null) throw new Error(`no ${name} was created`);
    return made;
  };
  const bundleFor = ({ templateId, language }: { templateId: string; language: string }) =>
    bundles.find((bundle) => bundle.id === templateId) ??
    bundles.find((bundle) => bundle.language === language) ??
    bundles[0];
  return {
    firstPage: (sha256, read) =>
      kept.get(sha256, async () => {
        const pdf = await read();
        return pdf === null ? null : run(pdf, 'firstPage');
      }),
    card: (card) => drawn('card', card),
    badge: (badge) => drawn('badge', badge),
    close: () => pool.close(),
  };
}
