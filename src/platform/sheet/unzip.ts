import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { InputError } from '../../domain/failure.ts';

/** What an archive may hold at most; more is refused before it is inflated. */
export interface ZipBounds {
  entries: number;
  /** Inflated bytes of one entry, and of all together. */
  entryBytes: number;
  bytes: number;
}

/** Types of files in the upper half of an entry's attributes, as Unix writes them. */
const FILE_TYPE = { mask: 0xf000, link: 0xa000 };

/**
 * Reads a small archive into memory. Names that lead out of a folder are refused, and so are links, repeated names,
 * encrypted entries, and more than the bounds allow, also where an entry inflates to more than it declares. Folders are skipped.
 * @returns contents by name
 * @throws InputError with one line
 */
export async function unzip(file: Buffer, bounds: ZipBounds): Promise<Map<string, Buffer>> {
  const archive = await open(file);
  const found = new Map<string, Buffer>();
  let left = bounds.bytes;
  for (const entry of await entriesOf(archive, bounds.entries)) {
    const { fileName: name, generalPurposeBitFlag, externalFileAttributes, uncompressedSize } = entry;
    if (name.endsWith('/')) continue;
    if ((generalPurposeBitFlag & 1) !== 0) throw refused(`${name} is encrypted`);
    if (((externalFileAttributes >>> 16) & FILE_TYPE.mask) === FILE_TYPE.link) throw refused(`${name} is a link`);
    if (found.has(name)) throw refused(`it has two entries ${name}`);
    if (uncompressedSize > bounds.entryBytes) throw refused(`${name} is larger than ${megabytes(bounds.entryBytes)}`);
    if (uncompressedSize > left) throw refused(`its contents are larger than ${megabytes(bounds.bytes)}`);
    const contents = await inflated(archive, entry);
    left -= contents.length;
    found.set(name, contents);
  }
  return found;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
const refused = (why: string): InputError => new InputError(`the archive is refused: ${why}`);
const damaged = (error: Error): InputError => refused(`it cannot be read as ZIP: ${error.message}`);

function open(file: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // `validateEntrySizes` stops an entry that inflates to another size than declared; names that lead out are an error.
    const options = { lazyEntries: true, validateEntrySizes: true, strictFileNames: true };
    fromBuffer(file, options, (error, archive) => (error ? reject(damaged(error)) : resolve(archive)));
  });
}

function entriesOf(archive: ZipFile, most: number): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    archive.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > most) reject(refused(`it has more than ${most} entries`));
      else archive.readEntry();
    });
    archive.on('end', () => resolve(entries));
    archive.on('error', (error: Error) => reject(damaged(error)));
    archive.readEntry();
  });
}

function inflated(archive: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (error) {
        reject(damaged(error));
        return;
      }
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => resolve(Buffer.concat(chunks)));
      stream.on('error', (cause: Error) => reject(damaged(cause)));
    });
  });
}
