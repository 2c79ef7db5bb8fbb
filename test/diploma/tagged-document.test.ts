import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { OPEN_BYTE_RANGE } from '../../src/diploma/pdf/seal-placeholder.ts';
import { prepareImage } from '../../src/diploma/pdf/static-image.ts';
import { prepareLayer } from '../../src/diploma/pdf/static-layer.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import { shapeLine } from '../../src/diploma/type/shaped-line.ts';
import { openChain } from './open-faces.ts';
import { readPdf } from './pdf-reader.ts';

const chain = openChain();
const INFO = {
  title: 'Tom & <b>Jerry</b>',
  author: 'A',
  subject: 'S',
  keywords: 'K',
  language: 'ru',
  date: new Date('2026-11-20T00:00:00Z'),
};

function open(): TaggedDocument {
  const document = new TaggedDocument(INFO);
  document.addPage();
  return document;
}

function write(document: TaggedDocument, text: string, y = 100, spacing = 0): void {
  const line = shapeLine(text, chain);
  document.text(document.root, 'P', [line], () => document.line(line, 50, y, { size: 20, colour: '#102030', spacing }));
}

const texts = async (document: TaggedDocument): Promise<string[][]> =>
  readPdf(await document.finish()).pages.map((page) => page.map((fragment) => fragment.text));

describe('text in a tagged PDF', () => {
  it('is extracted as it was written, even when two letters have the same glyph', async () => {
    const document = open();
    const lines = ['Đặng Ð', 'Ме́рген', 'A\u00a0B C', 'Official', 'प्रिया', 'สมชาย น้ำใจ', 'ΑAА'];
    for (const [index, text] of lines.entries()) write(document, text, 50 + index * 30);
    assert.deepEqual(
      (await texts(document))[0],
      lines.map((text) => text.normalize('NFC')),
    );
  });

  it('in Persian keeps its dots, although each dot is a glyph of its own', async () => {
    const document = open();
    write(document, 'پورحسینی');
    const { pages, actualTexts } = readPdf(await document.finish());
    assert.equal(pages[0]?.[0]?.text, [...'پورحسینی'].reverse().join(''));
    assert.ok(actualTexts.includes('پورحسینی'));
  });

  it('keeps letters apart that look the same, and a space apart from a joiner with the same glyph', async () => {
    const document = open();
    const lines = ['ا ى', 'ا ی', 'پور\u200cحسینی رضا'];
    for (const [index, text] of lines.entries()) write(document, text, 50 + index * 30);
    const reversed = lines.map((text) => [...text].reverse().join(''));
    assert.deepEqual((await texts(document))[0], reversed);
  });

  it('is as wide on the page as the shaper calculated, including spacing marks', async () => {
    const document = open();
    const lines = ['Ме́рген', 'Ά̈ x̣̂', 'שָׂרָה', 'สมชาย น้ำ', 'AVATAR'];
    for (const [index, text] of lines.entries()) write(document, text, 50 + index * 30);
    const [page = []] = readPdf(await document.finish()).pages;
    for (const [index, text] of lines.entries()) {
      const expected = shapeLine(text, chain).width * 20;
      assert.ok(
        Math.abs((page[index]?.width ?? 0) - expected) < 0.05,
        `${text}: ${page[index]?.width}, not ${expected}`,
      );
    }
  });

  it('has letter spacing only where the template requests it', async () => {
    const document = open();
    write(document, 'ДИПЛОМ', 100, 9);
    write(document, 'Анна', 200);
    const [wide, plain] = readPdf(await document.finish()).pages[0] ?? [];
    const width = (text: string): number => shapeLine(text, chain).width * 20;
    assert.ok(Math.abs((wide?.width ?? 0) - width('ДИПЛОМ') - 6 * 9) < 0.1);
    assert.ok(Math.abs((plain?.width ?? 0) - width('Анна')) < 0.1);
  });

  it("has its own language tag when its language differs from the document's", async () => {
    const document = open();
    const line = shapeLine('Latin name', chain);
    const style = { size: 12, colour: '#000000' };
    document.text(document.root, 'P', [line], () => document.line(line, 50, 50, style), { lang: 'en' });
    const { dictionaries } = readPdf(await document.finish());
    assert.ok(dictionaries.some((one) => one.includes('/S /P') && one.includes('/Lang (en)')));
  });
});

describe('background layers and images in a PDF', () => {
  it('are stored once, even when many pages show them', async () => {
    const document = open();
    const layer = prepareLayer('q 1 0 0 RG 0 0 m 100 100 l S Q', { width: 841.89, height: 595.28 });
    const logo = new PNG({ width: 2, height: 2 });
    logo.data.set([255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0, 9, 9, 9, 255]);
    const image = prepareImage(PNG.sync.write(logo));
    for (let page = 0; page < 2; page += 1) {
      if (page > 0) document.addPage();
      document.layer(layer);
      document.image(image, { x: 10, top: 20, width: 30, height: 40 }, page === 0 ? 'The emblem' : null);
    }
    const { dictionaries } = readPdf(await document.finish());
    const count = (pattern: RegExp): number => dictionaries.filter((one) => pattern.test(one)).length;
    assert.equal(count(/\/Subtype \/Form/), 1);
    assert.equal(count(/\/Subtype \/Image[\s\S]*\/SMask/), 1);
    assert.equal(count(/\/Subtype \/Image/), 2);
    assert.equal(count(/\/S \/Figure[\s\S]*\/Alt \(The emblem\)/), 1);
  });
});

describe('attachments and seal in the PDF of a diploma', () => {
  it('are listed with media type, date and relationship', async () => {
    const document = open();
    const bytes = Buffer.from('{"a":1}');
    document.attach({
      name: 'credential.json',
      mediaType: 'application/ld+json',
      description: 'A credential',
      relationship: 'Data',
      bytes,
      date: INFO.date,
    });
    const { dictionaries } = readPdf(await document.finish());
    const spec = dictionaries.find((one) => one.includes('/Type /Filespec')) ?? '';
    assert.match(spec, /\/AFRelationship \/Data/);
    assert.match(spec, /\/UF \(credential\.json\)/);
    const file = dictionaries.find((one) => one.includes('/Type /EmbeddedFile')) ?? '';
    assert.match(file, /\/Subtype \/application#2Fld\+json/);
    assert.match(file, /\/ModDate \(D:20261120000000Z\)/);
    // The 16 bytes of MD5 (ISO 32000-1, table 46), not their digits as text.
    const checksum = createHash('md5').update(bytes).digest('hex');
    assert.ok(file.includes(`/CheckSum <${checksum}>`), file);
    assert.ok(dictionaries.some((one) => one.includes('/Type /Catalog') && one.includes('/AF [')));
  });

  it('are written so that the seal gets empty space outside of compressed objects', async () => {
    const document = open();
    document.reserveSeal({ bytes: 64, at: INFO.date, signer: 'School & Co', reason: 'Diploma 1' });
    const pdf = await document.finish();
    const from = pdf.indexOf(OPEN_BYTE_RANGE);
    assert.ok(from > 0);
    assert.equal(pdf.indexOf(OPEN_BYTE_RANGE, from + 1), -1);
    assert.ok(pdf.indexOf(`/Contents <${'0'.repeat(128)}>`, from) > from);
    const { dictionaries } = readPdf(pdf);
    assert.ok(dictionaries.some((one) => one.includes('/SigFlags 3')));
    assert.ok(dictionaries.some((one) => one.includes('/Subtype /Widget') && one.includes('/F 132')));
    assert.ok(!dictionaries.some((one) => one.includes('/NeedAppearances')));
  });
});
