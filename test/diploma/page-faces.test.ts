import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { pageFaces } from '../../src/diploma/picture/page-faces.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';

it("the display face of the diplomas is offered to browsers as a WOFF2 file per script, with that script's letters", async () => {
  const [template] = await loadTemplates(resolve('templates'));
  assert.ok(template);
  const faces = pageFaces(template);
  assert.deepEqual(
    faces.map(({ name }) => name.split('.')[0]),
    ['latin', 'cyrillic', 'armenian', 'georgian'],
  );
  for (const { read, range, sample, name } of faces) {
    const file = await read();
    assert.equal(file, await read(), 'made once');
    assert.equal(file.toString('latin1', 0, 4), 'wOF2');
    assert.equal(file.readUInt32BE(8), file.length);
    assert.ok(file.length < 16_000, `${name} has ${file.length} bytes`);
    const packed = file.readUInt32BE(20);
    const directory = directoryOf(file);
    const tables = brotliDecompressSync(file.subarray(directory.end, directory.end + packed));
    assert.equal(
      tables.length,
      directory.lengths.reduce((sum, length) => sum + length, 0),
    );
    assert.match(range, /^U\+[0-9a-f]+(-[0-9a-f]+)?(,U\+[0-9a-f]+(-[0-9a-f]+)?)*$/);
    const [, first = ''] = /^U\+([0-9a-f]+)/.exec(range) ?? [];
    if (name.startsWith('latin')) assert.equal(first, '20');
    else assert.match(String.fromCodePoint(Number.parseInt(first, 16)), sample);
  }
});

/** Lengths of the tables of a WOFF2 file whose tags are written out, and where the directory ends. */
function directoryOf(file: Buffer): { lengths: number[]; end: number } {
  const lengths: number[] = [];
  let end = 48;
  for (let left = file.readUInt16BE(12); left > 0; left -= 1) {
    end += 5;
    let length = 0;
    for (let byte = 0x80; byte & 0x80; end += 1) {
      byte = file[end] ?? 0;
      length = length * 128 + (byte & 0x7f);
    }
    lengths.push(length);
  }
  return { lengths, end };
}
