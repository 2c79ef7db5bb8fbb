import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { createPictures } from '../../src/diploma/picture/create-pictures.ts';
import { KeptPictures } from '../../src/diploma/picture/kept-pictures.ts';
import { linePng } from '../../src/diploma/picture/line-png.ts';
import { createLine } from '../../src/diploma/picture/picture-line.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { Pictures, ShareCard } from '../../src/ports/pictures.ts';
import { PicturesBusy } from '../../src/ports/pictures.ts';
import { factsFor, TEMPLATES_DIR } from './sample-facts.ts';

const CARD: ShareCard = {
  templateId: 'teacher-kk',
  language: 'kk',
  kicker: 'ТЕКСЕРІЛЕТІН ДИПЛОМ',
  title: 'Цифрлық педагогика: мұғалім құралдары',
  issuer: 'Үлгі мектебі',
  foot: '2026 ж. 20 қараша · 72 сағат',
  address: 'verify.example',
};

let templates: TemplateBundle[];
let pictures: Pictures;
before(async () => {
  templates = await loadTemplates(TEMPLATES_DIR);
  pictures = createPictures(templates);
});
after(() => pictures.close());

/** Number of pixels that differ between two images of equal size. */
function differing(a: PNG, b: PNG): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  let count = 0;
  for (let at = 0; at < a.data.length; at += 4) if (a.data.readUInt32BE(at) !== b.data.readUInt32BE(at)) count += 1;
  return count;
}

const read = (png: Buffer | null): PNG => PNG.sync.read(png ?? Buffer.alloc(0));

describe('the image of a diploma', () => {
  it('shows the first page, is small, and is drawn only once for concurrent requests', async () => {
    const [bundle] = templates;
    assert.ok(bundle);
    const pdf = await drawDiploma(
      factsFor(bundle, { holderName: 'Әсел Үлгібаева' }),
      new PreparedTemplate(bundle),
      null,
    );
    let reads = 0;
    const stored = async () => {
      reads += 1;
      return pdf;
    };
    const [first, second] = await Promise.all([
      pictures.firstPage('a', stored, 'me'),
      pictures.firstPage('a', stored, 'me'),
    ]);
    assert.equal(first, second);
    assert.equal(reads, 1);
    assert.ok((first?.length ?? 0) < 250_000, `${first?.length} bytes`);
    const { width, height, data } = read(first);
    assert.deepEqual([width, height], [1400, 990]);
    assert.equal(data.readUInt32BE(0), 0xffffffff, 'paper stays white');
  });

  it('is null when the store has no diploma, and the next request looks again', async () => {
    assert.equal(await pictures.firstPage('b', async () => null, 'me'), null);
    await assert.rejects(
      pictures.firstPage('b', async () => Buffer.from('no PDF'), 'me'),
      /not a PDF/,
    );
  });
});

describe('the preview image of a shared link', () => {
  it('has 1200 by 630 pixels and shows each of its texts', async () => {
    const card = read(await pictures.card(CARD, 'me'));
    assert.deepEqual([card.width, card.height], [1200, 630]);
    for (const part of ['kicker', 'title', 'issuer', 'foot', 'address'] as const) {
      const changed = read(await pictures.card({ ...CARD, [part]: 'Ж' }, 'me'));
      assert.ok(differing(card, changed) > 200, part);
    }
  });

  it('shows every script, omits unprintable text, and uses fonts of another template when its own template is missing', async () => {
    const blank = read(await pictures.card({ ...CARD, title: '' }, 'me'));
    for (const title of ['ციფრული პედაგოგიკა', 'Թվային մանկավարժություն', 'التربية الرقمية', 'रचनात्मक शिक्षण']) {
      const card = read(await pictures.card({ ...CARD, title, templateId: 'gone' }, 'me'));
      assert.ok(differing(card, blank) > 2000, title);
    }
    const unprintable = read(await pictures.card({ ...CARD, title: '漢字' }, 'me'));
    assert.equal(differing(unprintable, blank), 0);
  });
});

describe('linePng (which writes a small PNG)', () => {
  it('gives nearly the same pixels in another decoder; areas of one colour are exact', () => {
    const level = fc.constantFrom(0, 3, 130, 131, 255);
    const pixels = fc.array(fc.tuple(level, level, level), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pixels, fc.integer({ min: 1, max: 4 }), (colours, rows) => {
        const rgba = Buffer.from(Array.from({ length: rows }, () => colours.map((one) => [...one, 255])).flat(2));
        const { data, width, height } = read(linePng(rgba, colours.length, rows));
        assert.deepEqual([width, height], [colours.length, rows]);
        for (const [at, value] of data.entries()) assert.ok(Math.abs(value - (rgba[at] ?? 0)) <= 4);
      }),
      { numRuns: 50 },
    );
    const plain = Buffer.from([253, 251, 246, 0]);
    assert.deepEqual([...read(linePng(plain, 1, 1)).data], [253, 251, 246, 255]);
  });

  it('refuses a photograph, which has too many colours', () => {
    const noise = Buffer.from(
      Array.from({ length: 64 * 64 * 4 }, (_, at) => Math.imul(at * at + at, 0x9e3779b1) >>> 24),
    );
    assert.equal(linePng(noise, 64, 64), null);
  });
});

describe('the line before the drawing threads', () => {
  it('has places for a number of tasks, and fewer for one client; a refused client is served once a place is free', async () => {
    const inLine = createLine({ most: 5, mostOfClient: 3 });
    const ends: (() => void)[] = [];
    const enter = (client: string) =>
      inLine(client, () => new Promise<string>((resolve) => ends.push(() => resolve(client))));
    const greedy = ['g', 'g', 'g'].map(enter);
    await assert.rejects(enter('g'), PicturesBusy);
    const others = ['a', 'b'].map(enter);
    await assert.rejects(enter('c'), PicturesBusy);
    ends[0]?.();
    assert.equal(await greedy[0], 'g');
    const late = enter('c');
    for (const end of ends) end();
    assert.deepEqual(await Promise.all([...others, late]), ['a', 'b', 'c']);
    await Promise.all(greedy);
    const failed = inLine('g', () => Promise.reject(new Error('not drawn')));
    await assert.rejects(failed, /not drawn/);
    assert.equal(await inLine('g', async () => 'free again'), 'free again');
  });

  it('refuses the fifth image that one client asks for at the same time, and serves others', async () => {
    const asked = ['1', '2', '3', '4', '5'].map((year) =>
      pictures.badge({ templateId: 'teacher-ru', language: 'ru', title: 'T', issuer: 'I', year }, 'greedy'),
    );
    const other = pictures.badge(
      { templateId: 'teacher-ru', language: 'ru', title: 'T', issuer: 'I', year: '6' },
      'other',
    );
    const results = await Promise.allSettled(asked);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
    assert.ok((results[4] as PromiseRejectedResult).reason instanceof PicturesBusy);
    assert.ok((await other).length > 0);
  });
});

describe('the image cache', () => {
  it('drops the least recently used image first, and never stores failures', async () => {
    const kept = new KeptPictures(10);
    const made: string[] = [];
    const get = (key: string, size = 4) =>
      kept.get(key, async () => {
        made.push(key);
        return Buffer.alloc(size);
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    assert.deepEqual(made, ['a', 'b', 'c', 'b']);
    await get('huge', 99);
    await get('huge', 99);
    assert.deepEqual(made.slice(-2), ['huge', 'huge']);
    const fails = () => kept.get('x', () => Promise.reject(new Error('not now')));
    await assert.rejects(fails(), /not now/);
    assert.ok(await get('x'));
  });
});
