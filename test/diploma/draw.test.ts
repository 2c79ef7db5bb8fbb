import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { bundleAssets, bundleFromRow, bundleToRow } from '../../src/diploma/template/template.ts';
import { collisions } from './collisions.ts';
import { type Fragment, readPdf } from './pdf-reader.ts';
import { edgesOf, factsFor, oneOfEachLanguage, openWorkshop, type Workshop } from './sample-facts.ts';

/** Names by script. On the page, Arabic and Hebrew are in visual order. */
const NAMES = [
  ['teacher-kk', 'Әсел Нұрмұхамедова'],
  ['teacher-uz', 'Dilnoza Oʻrinboyeva Gʻulomjon qizi'],
  ['teacher-ru', 'Фёдор Щукин-Йовчев'],
  ['teacher-en', 'ნინო ბერიძე-კვარაცხელია'],
  ['teacher-en', 'Անահիտ Հարությունյան'],
  ['teacher-en', 'Şəhla Əliyeva'],
  ['teacher-en', 'Ελένη Παπαδοπούλου'],
  ['teacher-en', 'Anna Tom Eva Zofia'],
  ['teacher-en', 'Nguyễn Thị Ánh Tuyết'],
  ['teacher-en', 'प्रिया शर्मा'],
  ['teacher-en', 'สมชาย น้ำใจดี'],
] as const;

const texts = (page: Fragment[] | undefined): string[] => (page ?? []).map((fragment) => fragment.text);

/** Rows of a page: pieces on the same baseline, from left to right. */
function rows(page: Fragment[] | undefined): string[] {
  const lines = new Map<number, Fragment[]>();
  for (const one of page ?? []) lines.set(one.y, [...(lines.get(one.y) ?? []), one]);
  return [...lines.values()].map((line) =>
    line
      .sort((a, b) => a.x - b.x)
      .map((one) => one.text)
      .join(''),
  );
}

describe('a diploma as PDF', () => {
  let shop: Workshop;
  before(async () => {
    shop = await openWorkshop();
  });
  after(() => shop.printer.close());

  it('gives the same names on copy and search, also after many other documents were drawn', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (const [template, holderName] of NAMES) {
        const { pages } = readPdf(await shop.draw(template, { holderName }));
        const [first, second] = pages;
        assert.ok(rows(first).includes(holderName), `${holderName}, round ${round}: ${rows(first).join(' / ')}`);
        assert.ok(
          rows(second).some((row) => row.startsWith(holderName)),
          `${holderName} on page two`,
        );
        assert.ok(texts(first).includes('EG5N8-PYDQB-WY8S1-JN29G-5Q0WW'));
        assert.ok(texts(first).some((text) => text.includes('INT-26-000042')));
      }
    }
  });

  it('stores right-to-left names in reading order and draws them from right to left', async () => {
    for (const holderName of ['أحمد الخطيب', 'שרה כהן־לוי']) {
      const { pages, actualTexts } = readPdf(await shop.draw('teacher-en', { holderName }));
      assert.ok(actualTexts.includes(holderName));
      const painted = texts(pages[0]).find((text) => /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text)) ?? '';
      const bases = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '');
      assert.equal(bases(painted), [...bases(holderName)].reverse().join(''));
    }
  });

  it('orders words of mixed direction by the Unicode bidirectional algorithm', async () => {
    const { pages } = readPdf(await shop.draw('teacher-en', { holderName: 'أحمد Smith-Jones (Ali) 2' }));
    const [row = ''] = rows(pages[0]).filter((one) => one.includes('Smith'));
    assert.equal(row.replace(/\P{ASCII}+/gu, '~'), 'Smith-Jones (Ali) 2 ~');
  });

  it('embeds every font as a subset', async () => {
    const { fonts } = readPdf(await shop.draw('teacher-kk', { holderName: 'ნინო Әсел' }));
    assert.ok(fonts.length >= 4);
    for (const font of fonts) {
      assert.ok(font.embedded, font.name);
      assert.match(font.name, /^[A-Z]{6}\+Noto/);
      assert.ok(font.widths.length < 200, `${font.name} holds ${font.widths.length} glyphs`);
    }
  });

  it('shows date, hours and programme in the language of the template', async () => {
    const expected = {
      'teacher-ru': ['20 ноября 2026 г.', 'в объёме 72 часов', 'Всего'],
      'teacher-en': ['20 November 2026', 'comprising 72 hours of study', 'Total'],
      'teacher-kk': ['2026 жылғы 20 қараша', 'бағдарлама көлемі – 72 сағат', 'Барлығы'],
      'teacher-uz': ['2026-yil 20-noyabr', 'dastur hajmi – 72 soat', 'Jami'],
    };
    for (const [id, words] of Object.entries(expected)) {
      const read = readPdf(await shop.draw(id, { holderName: 'Anna Petrova' }));
      const all = read.pages.flatMap(texts);
      for (const word of words) assert.ok(all.includes(word), `${id}: ${word} in ${all.join(' / ')}`);
      assert.ok(read.dictionaries.some((dictionary) => dictionary.includes(`/Lang (${shop.template(id).language})`)));
    }
  });

  it('omits the project when the student has none', async () => {
    const read = readPdf(await shop.draw('teacher-en', { holderName: 'Anna Petrova', project: null }));
    assert.ok(!read.pages.flatMap(texts).some((text) => text.startsWith('Project work')));
  });

  it('has no programme page when there are no modules, and no sentence about hours when there are no hours', async () => {
    const facts = { holderName: 'Анна Петрова', programme: [], hoursTotal: 0 };
    const alone = readPdf(await shop.draw('teacher-ru', { ...facts, project: null }));
    assert.equal(alone.pages.length, 1);
    assert.ok(!texts(alone.pages[0]).some((text) => /час|\b0\b/.test(text)), texts(alone.pages[0]).join(' / '));
    const read = readPdf(await shop.draw('teacher-ru', facts));
    assert.equal(read.pages.length, 2);
    const second = texts(read.pages[1]);
    assert.ok(second.includes('Оценка: отлично'));
    for (const of of ['Программа обучения', 'Модуль', 'Часы', 'Всего', '0'])
      assert.ok(!second.includes(of), `${of} in ${second.join(' / ')}`);
    for (const page of [...alone.pages, ...read.pages]) assert.deepEqual(collisions(page, 28), []);
  });

  it('lists modules without hours when no hours are known, and omits the total', async () => {
    const programme = [
      { title: 'Основы', hours: 0 },
      { title: 'Практика', hours: 0 },
    ];
    const told = async (of: typeof programme, hoursTotal: number): Promise<string[]> => {
      const { pages } = readPdf(
        await shop.draw('teacher-ru', { holderName: 'Анна Петрова', programme: of, hoursTotal }),
      );
      return texts(pages[1]);
    };
    const none = await told(programme, 0);
    assert.ok(none.includes('Практика'));
    for (const word of ['Часы', 'Всего', '0']) assert.ok(!none.includes(word), none.join(' / '));
    const some = await told([{ title: 'Основы', hours: 2.5 }], 0);
    assert.ok(some.includes('Часы') && some.includes('2,5') && !some.includes('Всего'), some.join(' / '));
  });

  it('shows a number exactly as it was given', async () => {
    const number = 'ПК/2026 №-000001';
    const { pages } = readPdf(await shop.draw('teacher-ru', { holderName: 'Анна Петрова', number }));
    for (const page of pages)
      assert.ok(
        rows(page).some((row) => row.includes(number)),
        rows(page).join(' / '),
      );
  });

  it('shows every word of extremely long texts without overlaps', async () => {
    const long = 'Психолого-педагогические основы проектирования смешанного обучения в поликультурной среде '
      .repeat(3)
      .trim();
    for (const bundle of oneOfEachLanguage(shop.templates)) {
      const { id } = bundle;
      const edges = edgesOf(bundle);
      const facts = {
        holderName: 'Александра-Виктория Константиновна Рождественская-Преображенская',
        latinName: 'Aleksandra-Viktoriya Konstantinovna Rozhdestvenskaya-Preobrazhenskaya',
        courseTitle: long,
        project: {
          title: long.slice(0, 150),
          url: `https://projects.example/${'a-long-path/'.repeat(25)}`,
          grade: 'отлично',
        },
        signatory: { name: 'Мария-Магдалина Александровна Соколова-Преображенская', position: long.slice(0, 110) },
        issuer: { name: long.slice(0, 150), url: 'https://school.example' },
        lookupUrl: 'https://certificates.international-school.example/gramota/c/EG5N8PYDQBWY8S1JN29G5Q0WW',
      };
      const { pages } = readPdf(await shop.draw(id, facts));
      for (const [index, page] of pages.entries())
        assert.deepEqual(collisions(page, index === 0 ? edges.first : edges.following, edges.width), [], id);
      const first = texts(pages[0]).join(' ');
      for (const word of [...facts.holderName.split(' '), ...long.split(' ')]) assert.ok(first.includes(word), word);
    }
  });

  it('has space for all texts that the printer accepts, including texts without spaces', async () => {
    for (const text of ['მასწავლებლის '.repeat(46).trim(), 'Щ'.repeat(600)]) {
      assert.equal(shop.printer.checkText('teacher-ru', text), null);
      const url = `https://projects.example/${'x'.repeat(575)}`;
      const facts = {
        courseTitle: text,
        project: { title: text, url, grade: null },
        programme: [{ title: text, hours: 72 }],
      };
      const { pages } = readPdf(await shop.draw('teacher-ru', { holderName: 'Анна Петрова', ...facts }));
      for (const [index, page] of pages.entries()) assert.deepEqual(collisions(page, index === 0 ? 46 : 28), []);
      const count = (page: Fragment[] | undefined): number =>
        texts(page)
          .join('')
          .split(text[0] ?? '').length - 1;
      assert.ok(
        count(pages[0]) >= count([{ text, x: 0, y: 0, width: 0, size: 0 }]),
        'the course is on page one, whole',
      );
    }
  });

  it('shows one to forty modules without losing any', async () => {
    for (const count of [1, 12, 25, 40]) {
      const programme = Array.from({ length: count }, (_, index) => ({
        title: `Модуль ${index + 1}. ${'Проектирование учебного занятия '.repeat(1 + (index % 5)).trim()}`,
        hours: 1.5,
      }));
      const read = readPdf(
        await shop.draw('teacher-ru', { holderName: 'Анна Петрова', programme, hoursTotal: 1.5 * count }),
      );
      const all = read.pages.slice(1).flatMap(texts);
      for (let index = 1; index <= count; index += 1) {
        assert.ok(
          all.some((text) => text.startsWith(`Модуль ${index}.`)),
          `module ${index} of ${count}`,
        );
      }
      assert.equal(all.filter((text) => text === '1,5').length, count === 1 ? 2 : count);
      assert.ok(all.includes('Всего'));
      for (const page of read.pages) assert.deepEqual(collisions(page, 28), [], `${count} modules`);
    }
  });

  it('has metadata in which special characters of names and titles are escaped', async () => {
    const read = readPdf(await shop.draw('teacher-en', { holderName: 'Tom & <b>Jerry</b> ]]> O’Neil' }));
    assert.doesNotMatch(read.xmp, /<b>|]]>(?!\s*$)|& /);
    assert.match(read.xmp, /Tom &#38; &#60;b&#62;Jerry/);
    assert.match(read.xmp, /<pdfuaid:part>1</);
    assert.match(read.xmp, /<pdfaid:part>3</);
  });

  it('is tagged: headings, paragraphs, a table with column heads, and alternative texts for a figure and a link', async () => {
    const { dictionaries } = readPdf(await shop.draw('teacher-en', { holderName: 'Anna Petrova' }));
    const count = (type: string): number => dictionaries.filter((one) => one.startsWith(`<<\n/S /${type}\n`)).length;
    assert.deepEqual(
      [count('Document'), count('H1'), count('Table'), count('TR'), count('TH'), count('Figure')],
      [1, 1, 1, 4, 2, 2],
    );
    assert.ok(dictionaries.some((one) => one.includes('/S /Figure') && one.includes('/Alt (QR code with the address')));
    assert.equal(dictionaries.filter((one) => one.includes('/Scope /Column')).length, 2);
    assert.equal(dictionaries.filter((one) => one.includes('/Subtype /Link') && one.includes('/Contents (')).length, 2);
  });
});

describe('diplomas with the same data', () => {
  it('have the same bytes in any thread, after any other documents, and from templates stored in the database', async () => {
    const [one, two] = [await openWorkshop(), await openWorkshop()];
    const stored = new Map<string, Buffer>();
    for (const asset of one.templates.flatMap(bundleAssets)) stored.set(asset.sha256, Buffer.from(asset.bytes));
    const elsewhere = createPrinter({
      templates: [],
      threads: 1,
      bundleByHash: async (hash) => {
        const bundle = one.templates.find((candidate) => candidate.hash === hash);
        if (bundle === undefined) return null;
        const row = JSON.parse(JSON.stringify(bundleToRow(bundle)));
        return bundleFromRow(row, (sha256) => stored.get(sha256) ?? Buffer.alloc(0));
      },
    });
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const forward = new Map<string, string>();
    for (const [id, holderName] of NAMES) forward.set(holderName, digest(await one.draw(id, { holderName })));
    for (const [id, holderName] of [...NAMES].reverse()) {
      const expected = forward.get(holderName);
      assert.equal(digest(await two.draw(id, { holderName })), expected, holderName);
      assert.equal(digest(await one.draw(id, { holderName })), expected, holderName);
    }
    for (const [id, holderName] of NAMES.slice(0, 3)) {
      const facts = factsFor(one.template(id), { holderName });
      assert.equal(digest(await elsewhere.draw(facts)), forward.get(holderName));
    }
    const unknown = { ...factsFor(one.template('teacher-en'), { holderName: 'Anna' }), templateHash: '0'.repeat(64) };
    await assert.rejects(elsewhere.draw(unknown), /not stored/);
    await Promise.all([one.printer.close(), two.printer.close(), elsewhere.close()]);
  });
});
