import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import PDFDocument from 'pdfkit';
import { PdfContainer } from '../../src/diploma/pdf/pdf-container.ts';
import { srgbProfile } from '../../src/diploma/pdf/srgb-profile.ts';
import { WrittenObjects } from '../../src/diploma/pdf/written-objects.ts';
import { readPdf } from './pdf-reader.ts';

const INFO = {
  title: 'Tom & <b>Jerry</b> ]]>',
  author: 'A',
  subject: 'S',
  keywords: 'K',
  language: 'en',
  date: new Date('2026-11-20T00:00:00Z'),
};

function open(): PdfContainer {
  const pdf = new PdfContainer(INFO);
  pdf.addStructure(pdf.struct('Document'));
  pdf.addPage();
  return pdf;
}

describe('the internals of pdfkit that Gramota uses', () => {
  it('exist in the installed version; if this test fails, check every use before you change the list', () => {
    const plain = new PDFDocument({ subset: 'PDF/A-3a', font: null as unknown as string, autoFirstPage: false });
    const inner = plain as unknown as Record<string, unknown>;
    assert.equal(typeof inner['_addInfo'], 'function');
    assert.equal(typeof inner['_addColorOutputIntent'], 'function');
    assert.equal(typeof (inner['_root'] as { data: object }).data, 'object');
    assert.equal(typeof inner['endAcroForm'], 'function');
    assert.match(String(inner['endAcroForm']), /this\._acroform\.fonts/);
    const reference = plain.ref({}) as unknown as Record<string, unknown>;
    assert.equal(typeof reference['compress'], 'boolean');
    assert.ok(Array.isArray(reference['buffer']));
    assert.match(String(reference['finalize']), /this\.buffer = concat\(this\.buffer\)/);
    for (const name of ['_write', '_finalize', 'addNamedEmbeddedFile']) assert.equal(typeof inner[name], 'function');
  });

  it("accept Gramota's small colour profile instead of pdfkit's own", () => {
    const { dictionaries, streams } = readPdf(open().finish());
    assert.equal(dictionaries.filter((one) => one.includes('/Type /OutputIntent')).length, 1);
    assert.ok(streams.some((stream) => stream.equals(srgbProfile())));
  });

  it('escape text once in the metadata and never in the dictionary', () => {
    const { xmp, dictionaries } = readPdf(open().finish());
    assert.match(xmp, /<rdf:li xml:lang="x-default">Tom &#38; &#60;b&#62;Jerry&#60;\/b&#62; \]\]&#62;<\/rdf:li>/);
    assert.match(xmp, /<xmp:ModifyDate>2026-11-20T00:00:00Z</);
    assert.ok(dictionaries.includes('(Tom & <b>Jerry</b> ]]>)'));
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

describe('a PDF document that is being written', () => {
  it('cannot be finished while one of its objects is not finished', () => {
    const pdf = open();
    pdf.ref({ Type: 'Forgotten' });
    assert.throws(() => pdf.finish(), /still open/);
  });

  it('has pages of the given size', () => {
    const pdf = new PdfContainer({ ...INFO, page: { width: 595.28, height: 841.89 } });
    pdf.addPage();
    assert.ok(readPdf(pdf.finish()).dictionaries.some((one) => one.includes('/MediaBox [0 0 595.28 841.89]')));
  });
});

describe('packObjects (which compresses the objects of a PDF)', () => {
  it('keeps all objects readable, and packs only small objects', () => {
    const pdf = open().finish();
    const plain = pdf.toString('latin1');
    assert.ok(plain.includes('/Type /ObjStm'));
    assert.ok(!plain.includes('/Type /Catalog'));
    assert.ok(readPdf(pdf).dictionaries.some((one) => one.includes('/Type /Catalog')));
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(plain)?.[1]);
    assert.match(plain.slice(start), /^\d+ 0 obj\n<<\n\/Type \/XRef /);
  });

  it('writes each object at the offset that the xref stream states', () => {
    const pdf = open().finish();
    const plain = pdf.toString('latin1');
    const { streams } = readPdf(pdf);
    const holder = Number(/(\d+) 0 obj\n<<\n\/Type \/ObjStm/.exec(plain)?.[1]);
    const packed = streams
      .find((stream) => /^\d+ 0 \d+ \d+ /.test(stream.toString('latin1', 0, 40)))
      ?.toString('latin1');
    const numbers = packed?.slice(0, packed.indexOf('\n')).split(' ').map(Number) ?? [];
    const size = Number(/\/Type \/XRef [\s\S]*?\/Size (\d+)/.exec(plain)?.[1]);
    const table = streams.find((stream) => stream.length === size * 6);
    assert.ok(table !== undefined && numbers.length > 10);
    for (let id = 1; id < size; id += 1) {
      const kind: number = table.readUInt8(id * 6);
      const place: number = table.readUIntBE(id * 6 + 1, 3);
      const index: number = table.readUInt16BE(id * 6 + 4);
      if (kind === 1) assert.ok(plain.startsWith(`${id} 0 obj\n`, place), `object ${id}`);
      else assert.deepEqual([kind, place, numbers[index * 2]], [2, holder, id]);
    }
  });

  it('keeps the order and the streams of the objects that pdfkit wrote', () => {
    const written = new WrittenObjects();
    const bytes = Buffer.from('q Q');
    for (const piece of ['%PDF-1.7', '2 0 obj', '<< /Length 3 >>', 'stream', bytes, '\nendstream', 'endobj'])
      written.add(piece);
    for (const piece of ['1 0 obj', '(trailer)', 'endobj', 'xref', '0 3', 'trailer', '<< /Size 3 >>', 'startxref', '9'])
      written.add(piece);
    assert.deepEqual(written.list, [
      { id: 2, contents: '<< /Length 3 >>', stream: bytes },
      { id: 1, contents: '(trailer)', stream: null },
    ]);
    assert.equal(written.trailer, '<< /Size 3 >>');
  });

  it('refuses objects that are written in another form than that of pdfkit', () => {
    for (const pieces of [
      ['1 0 obj', Buffer.from('<<>>')],
      ['1 0 obj', '<<>>', 'another line'],
    ]) {
      const written = new WrittenObjects();
      assert.throws(() => {
        for (const piece of pieces) written.add(piece);
      }, /another form/);
    }
  });
});
