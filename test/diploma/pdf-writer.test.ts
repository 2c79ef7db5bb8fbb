import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { numeral, pdfName, textString } from '../../src/diploma/pdf/pdf-values.ts';
import { PdfWriter } from '../../src/diploma/pdf/pdf-writer.ts';
import { srgbProfile } from '../../src/diploma/pdf/srgb-profile.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import { readPdf } from './pdf-reader.ts';

const INFO = {
  title: 'Tom & <b>Jerry</b> ]]>',
  author: 'A (and B)',
  subject: 'Курс',
  keywords: 'K',
  language: 'en',
  date: new Date('2026-11-20T00:00:00Z'),
};

async function blank(page?: { width: number; height: number }): Promise<Buffer> {
  const document = new TaggedDocument(page === undefined ? INFO : { ...INFO, page });
  document.addPage();
  return document.finish();
}

describe('values in a PDF', () => {
  it('are written so that every reader gets them back', () => {
    assert.equal(textString('a(b)\\c\n'), '(a\\(b\\)\\\\c\\n)');
    assert.equal(textString('Я)'), '(\xfe\xff\x04\x2f\x00\\))');
    assert.equal(pdfName('application/ld+json'), '/application#2Fld+json');
    assert.deepEqual([0.1 + 0.2, 1e-7, -5].map(numeral), ['0.3', '0', '-5']);
  });
});

describe('the metadata of a PDF', () => {
  it('is escaped in XMP, and plain in the dictionary', async () => {
    const { xmp, dictionaries } = readPdf(await blank());
    assert.match(xmp, /<rdf:li xml:lang="x-default">Tom &#38; &#60;b&#62;Jerry&#60;\/b&#62; \]\]&#62;<\/rdf:li>/);
    assert.match(xmp, /<xmp:ModifyDate>2026-11-20T00:00:00Z</);
    const about = dictionaries.find((one) => one.includes('/Title (Tom & <b>Jerry</b> ]]>)'));
    assert.ok(about?.includes('/Author (A \\(and B\\))'));
    assert.ok(about?.includes(`/Subject ${textString('Курс')}`));
  });

  it('names the colour profile once', async () => {
    const { dictionaries, streams } = readPdf(await blank());
    assert.equal(dictionaries.filter((one) => one.includes('/Type /OutputIntent')).length, 1);
    assert.ok(streams.some((stream) => stream.equals(srgbProfile())));
  });
});

describe('the colour profile (ICC) in a PDF', () => {
  it('has the right header, and each tag is at the offset that its table states', () => {
    const profile = srgbProfile();
    assert.equal(profile.readUInt32BE(0), profile.length);
    assert.equal(profile.toString('latin1', 12, 24), 'mntrRGB XYZ ');
    const parts = Array.from({ length: profile.readUInt32BE(128) }, (_, index) => {
      const at = 132 + index * 12;
      return [
        profile.toString('latin1', at, at + 4),
        profile.readUInt32BE(at + 4),
        profile.readUInt32BE(at + 8),
      ] as const;
    });
    assert.deepEqual(parts.map(([name]) => name).sort(), [
      'bTRC',
      'bXYZ',

      'cprt',
      'desc',
      'gTRC',
      'gXYZ',
      'rTRC',
      'rXYZ',
      'wtpt',
    ]);
    for (const [name, from, length] of parts) assert.ok(from % 4 === 0 && from + length <= profile.length, name);
  });

  it('has primary colours that add up to white', () => {
    const profile = srgbProfile();
    const xyz = (name: string): number[] => {
      const at = profile.indexOf(name, 128, 'latin1');
      const from = profile.readUInt32BE(at + 4) + 8;
      return [0, 4, 8].map((step) => profile.readInt32BE(from + step) / 65536);
    };
    const [red, green, blue, white] = ['rXYZ', 'gXYZ', 'bXYZ', 'wtpt'].map(xyz);
    for (const axis of [0, 1, 2]) {
      const sum = (red?.[axis] ?? 0) + (green?.[axis] ?? 0) + (blue?.[axis] ?? 0);
      assert.ok(Math.abs(sum - (white?.[axis] ?? 0)) < 0.001, String(axis));
    }
  });
});

describe('a PDF file that is being written', () => {
  it('cannot be finished while one of its objects is missing', () => {
    const file = new PdfWriter();
    const id = file.reserve();
    assert.throws(() => file.finish(''), new RegExp(`object ${id} of the PDF was never added`));
  });

  it('has pages of the given size', async () => {
    const { dictionaries } = readPdf(await blank({ width: 595.28, height: 841.89 }));
    assert.ok(dictionaries.some((one) => one.includes('/MediaBox [0 0 595.28 841.89]')));
  });

  it('keeps all objects readable, and packs only small objects', async () => {
    const pdf = await blank();
    const plain = pdf.toString('latin1');
    assert.ok(plain.includes('/Type /ObjStm'));
    assert.ok(!plain.includes('/Type /Catalog'));
    assert.ok(readPdf(pdf).dictionaries.some((one) => one.includes('/Type /Catalog')));
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(plain)?.[1]);
    assert.match(plain.slice(start), /^\d+ 0 obj\n<<\n\/Type \/XRef\n/);
  });

  it('has each object at the offset that the xref stream states', async () => {
    const pdf = await blank();
    const plain = pdf.toString('latin1');
    const { streams } = readPdf(pdf);
    const holder = Number(/(\d+) 0 obj\n<<\n\/Type \/ObjStm/.exec(plain)?.[1]);
    const packed = streams
      .find((stream) => /^\d+ 0 \d+ \d+ /.test(stream.toString('latin1', 0, 40)))
      ?.toString('latin1');
    const numbers = packed?.slice(0, packed.indexOf('\n')).split(' ').map(Number) ?? [];
    const size = Number(/\/Type \/XRef[\s\S]*?\/Size (\d+)/.exec(plain)?.[1]);
    const table = streams.find((stream) => stream.length === size * 6);
    assert.ok(table !== undefined && numbers.length > 8);
    for (let id = 1; id < size; id += 1) {
      const kind: number = table.readUInt8(id * 6);
      const place: number = table.readUIntBE(id * 6 + 1, 3);
      const index: number = table.readUInt16BE(id * 6 + 4);
      if (kind === 1) assert.ok(plain.startsWith(`${id} 0 obj\n`, place), `object ${id}`);
      else assert.deepEqual([kind, place, numbers[index * 2]], [2, holder, id]);
    }
  });
});
