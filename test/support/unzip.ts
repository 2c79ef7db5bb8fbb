import { inflateRawSync } from 'node:zlib';

export interface Unzipped {
  name: string;
  method: 'stored' | 'deflated';
  bytes: Buffer;
}

/** The entries of an archive in the order of its directory (PKWARE APPNOTE 4.3), without ZIP64. */
export function unzip(file: Buffer): Unzipped[] {
  const end = file.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  let at = file.readUInt32LE(end + 16);
  return Array.from({ length: file.readUInt16LE(end + 10) }, () => {
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => file.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const size = file.readUInt32LE(at + 20);
    const local = file.readUInt32LE(at + 42);
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const packed = file.subarray(from, from + size);
    const stored = file.readUInt16LE(at + 10) === 0;
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + extra + comment;
    return { name, method: stored ? 'stored' : 'deflated', bytes: stored ? packed : inflateRawSync(packed) };
  });
}
