import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { message } from '../../domain/messages/message.ts';
import { BOUNDS } from './bounds.ts';
import { RefusedFile } from './refused-file.ts';

/**
 * Checks an XLSX file before it is read: what it declares, then what it really inflates to, a piece at a time. The library
 * that reads it would inflate each part at once.
 * @returns the names of its parts
 * @throws RefusedFile when it is encrypted, damaged or too large
 */
export async function checkZipParts(file: Buffer): Promise<Set<string>> {
  const zip = await open(file);
  const names = new Set<string>();
  let left: number = BOUNDS.inflated;
  for (const entry of await entriesOf(zip)) {
    if ((entry.generalPurposeBitFlag & 1) !== 0) throw new RefusedFile(message('import.file.encrypted'));
    if (entry.uncompressedSize > left) throw tooLarge();
    left -= await inflatedSize(zip, entry, left, /^xl\/worksheets\//.test(entry.fileName));
    names.add(entry.fileName);
  }
  return names;
}

const tooLarge = () => new RefusedFile(message('import.file.inflates', { most: BOUNDS.inflated / 1024 / 1024 }));
const damaged = () => new RefusedFile(message('import.file.damaged'));

function open(file: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // `validateEntrySizes` fails where a part inflates to another size than declared.
    fromBuffer(file, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) reject(damaged());
      else resolve(zip);
    });
  });
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > BOUNDS.parts) reject(tooLarge());
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', () => reject(damaged()));
    zip.readEntry();
  });
}

/** The library appends the reading of a name (18.4.6 of ECMA-376, part 1) to the name where a cell holds its own text. */
const READING = /<(?:\w+:)?rPh[\s>]/;
/** Characters of a chunk that the next chunk may complete to a match. */
const OVERLAP = 64;

function inflatedSize(zip: ZipFile, entry: Entry, most: number, isSheet: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        reject(damaged());
        return;
      }
      let size = 0;
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (isSheet) text = text.slice(-OVERLAP) + chunk.toString('latin1');
        if (size > most) stream.destroy(tooLarge());
        else if (READING.test(text)) stream.destroy(new RefusedFile(message('import.file.furigana')));
      });
      stream.on('end', () => resolve(size));
      stream.on('error', (cause) => reject(cause instanceof RefusedFile ? cause : damaged()));
    });
  });
}
