import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseFace } from '../../src/diploma/type/faces.ts';
import { shapeLine } from '../../src/diploma/type/shaped-line.ts';
import { FEATURES, Typeface } from '../../src/diploma/type/typeface.ts';
import { facePath, openChain } from './open-faces.ts';

/**
 * One sample per script with its difficult features: kerning, marks, joining, conjuncts, vowels before their letter.
 */
const SAMPLES = [
  ['NotoSerifDisplay-Medium.ttf', 'Nguyễn Thị Ánh Tuyết, Țuțea, Đặng AVATAR'],
  ['NotoSerifDisplay-Medium.ttf', 'Ґанна Їжакевич Ме́рген Ӯктам'],
  ['NotoSerifDisplay-Medium.ttf', 'Ελένη Παπαδοπούλου Ἀθηνᾶ'],
  ['NotoSans-SemiBold.ttf', 'Dilnoza Oʻrinboyeva Gʻulomjon qizi Şəhla'],
  ['NotoSerifGeorgian-Regular.ttf', 'ნინო ბერიძე-კვარაცხელია'],
  ['NotoSerifArmenian-Regular.ttf', 'Անահիտ Հարությունյան'],
  ['NotoSerifHebrew-Medium.ttf', 'שָׂרָה בֶּן־דָּוִד'],
  ['NotoNaskhArabic-Medium.ttf', 'مُحَمَّد اللّٰه الخطيب'],
  ['NotoNaskhArabic-Medium.ttf', 'زهرا پورحسینی‌نژاد چوہدری'],
  ['NotoSerifDevanagari-Medium.ttf', 'प्रिया शर्मा क्षत्रिय'],
  ['NotoSerifThai-Regular.ttf', 'สมชาย น้ำใจดี กตัญญู'],
] as const;

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

interface Placed {
  id: number;
  x: number;
  y: number;
  advance: number;
}

/** Output of the reference tool for a text, in font units. */
function reference(face: string, text: string, rightToLeft: boolean): Placed[] {
  const direction = `--direction=${rightToLeft ? 'rtl' : 'ltr'}`;
  const { stdout } = spawnSync(
    'hb-shape',
    [
      '--no-glyph-names',
      '--no-clusters',
      '--language=und',
      `--features=${FEATURES.join()}`,
      direction,
      facePath(face),
      text,
    ],
    { encoding: 'utf8' },
  );
  return [...stdout.matchAll(/(\d+)(?:@(-?\d+),(-?\d+))?\+(-?\d+)/g)].map(([, id, x = '0', y = '0', advance]) => ({
    id: Number(id),
    x: Number(x),
    y: Number(y),
    advance: Number(advance),
  }));
}

const missing = spawnSync('hb-shape', ['--version']).error === undefined ? false : 'hb-shape is not installed';

describe('text shaping (choosing glyphs and positions)', () => {
  for (const [file, text] of SAMPLES) {
    it(`gives the same glyphs and positions as hb-shape: ${text}`, { skip: missing }, () => {
      const { font } = parseFace(file, readFileSync(facePath(file)));
      const source = text.normalize('NFC');
      const { unitsPerEm } = font.metrics;
      const units = (thousandths: number): number => Math.round((thousandths * unitsPerEm) / 1000);
      const shaped = font.shape(source, RTL.test(source)).glyphs.map(({ id, x, y, advance }) => ({
        id,
        x: units(x),
        y: units(y),
        advance: units(advance),
      }));
      const expected = reference(file, source, RTL.test(source));
      assert.ok(expected.length > 5);
      assert.deepEqual(shaped, expected);
    });
  }

  it('does not depend on earlier calls', () => {
    const bytes = readFileSync(facePath('NotoSerifDisplay-Medium.ttf'));
    const [used, fresh] = [new Typeface(bytes), new Typeface(bytes)];
    for (const [, text] of SAMPLES) used.shape(text, RTL.test(text));
    assert.deepEqual(used.shape('Ме́рген Ånn', false), fresh.shape('Ме́рген Ånn', false));
    used.program([41, 500, 40]);
    assert.deepEqual(used.program([40, 41, 500]), fresh.program([40, 41, 500]));
  });
});

describe('a shaped line of text', () => {
  const chain = openChain();
  const said = (text: string): string =>
    shapeLine(text, chain)
      .runs.flatMap((run) => run.glyphs)
      .map((glyph) => (glyph.silent ? '' : glyph.text))
      .join('');

  it('contains the original text, glyph by glyph', () => {
    for (const text of ['Şəhla Əliyeva', 'Ме́рген', 'Official Đặng Ð', 'ნინო'])
      assert.equal(said(text), text.normalize('NFC'));
  });

  it('contains right-to-left text from left to right, with mirrored brackets', () => {
    assert.equal(said('شرکت (الف)'), [...')فلا( تکرش'].map((sign) => ({ '(': ')', ')': '(' })[sign] ?? sign).join(''));
    assert.equal(shapeLine('אבג', chain).actualText, 'element');
  });

  it('requires an ActualText entry when its glyphs alone do not give the text in order', () => {
    assert.equal(shapeLine('प्रिया', chain).actualText, 'span');
    assert.equal(shapeLine('น้ำใจ', chain).actualText, 'span');
    assert.equal(shapeLine('Анна Ö', chain).actualText, 'none');
  });

  it('forbids letter spacing when its letters are joined or have separate marks', () => {
    assert.equal(shapeLine('प्रिया', chain).joined, true);
    assert.equal(shapeLine('Ме́рген', chain).joined, true);
    assert.equal(shapeLine('ДИПЛОМ', chain).joined, false);
  });

  it('is as wide as its glyphs, and loses no letter when script or font changes', () => {
    const line = shapeLine('Anna Анна Ἄννα ანა أنا', chain);
    assert.ok(line.runs.length >= 5);
    const advance = line.runs.flatMap((run) => run.glyphs).reduce((sum, glyph) => sum + glyph.advance, 0);
    assert.ok(Math.abs(line.width - advance / 1000) < 1e-9);
  });
});

describe('parseFace (which reads a font file)', () => {
  it('refuses an empty file, a file of another kind, a collection, and a truncated font', () => {
    const bytes = readFileSync(facePath('NotoSerifThai-Regular.ttf'));
    const collection = Buffer.concat([Buffer.from('ttcf\0\x01\0\0', 'latin1'), bytes]);
    for (const broken of [Buffer.alloc(0), Buffer.from('%PDF-1.7 and more'), collection, bytes.subarray(0, 20_000)]) {
      assert.throws(() => parseFace('broken.ttf', broken), /font/);
    }
  });
});
