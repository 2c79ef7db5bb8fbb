import { Readable } from 'node:stream';
import type ZipStream from 'zip-stream';

/** One file of an archive. Bytes that are known are stored as they are; what comes in pieces is deflated. */
export interface ZipEntry {
  /** ASCII, with `/` between folders. */
  name: string;
  date: Date;
  content: Buffer | AsyncIterable<Buffer>;
}

/**
 * An archive as it is made: it takes the next entry, and the next piece of it, only when the reader has taken what was there. ZIP64 where
 * needed. A reader that stops early also ends `entries`, whose `finally` blocks run.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const { default: Zip } = await import('zip-stream');
  const archive = new Zip({ zlib: { level: 6 } });
  const feeding = feed(archive, entries).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of archive) yield chunk as Buffer;
  } finally {
    archive.destroy();
    await feeding;
  }
}

async function feed(archive: ZipStream, entries: AsyncIterable<ZipEntry>): Promise<void> {
  let giveUp = (): void => undefined;
  archive.once('close', () => giveUp());
  /** Settles when `start` has called back, or when the archive is closed before. */
  const settled = (start: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      giveUp = () => reject(new Error('the archive was closed before its end'));
      if (archive.destroyed) giveUp();
      else start((error) => (error ? reject(error) : resolve()));
    });
  for await (const { name, date, content } of entries) {
    const source = Buffer.isBuffer(content) ? content : Readable.from(content, { objectMode: false });
    try {
      await settled((done) => archive.entry(source, { name, date, store: Buffer.isBuffer(source) }, done));
      if (archive.writableNeedDrain) await settled((done) => archive.once('drain', () => done()));
    } finally {
      if (source instanceof Readable) source.destroy();
    }
  }
  archive.finalize();
}
