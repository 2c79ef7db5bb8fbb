import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { MAIL_INSTRUCTIONS } from '../../src/compose/open-mail.ts';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { instructionFault, normaliseName } from '../../src/domain/text/name.ts';
import { collisions } from './collisions.ts';
import { type Fragment, readPdf } from './pdf-reader.ts';
import { edgesOf, factsFor, oneOfEachLanguage, TEMPLATES_DIR } from './sample-facts.ts';

/** Invented, but realistically long names: native form, Latin form. */
const LONGEST = [
  ['Гүлбаршын-Мәриям Нұрмұхаммедқызы Әбдірахманова-Жүсіпбекова', 'Gulbarshyn-Mariyam Nurmukhammedkyzy Abdirakhmanova'],
  ['Абдуллозода Муҳаммадсаидҷони Абдураҳмонпур Ҷамшедӣ', 'Abdullozoda Muhammadsaidjoni Abdurahmonpur Jamshedi'],
  ['ანასტასია-მარიამ გოგიჩაიშვილი-ჯავახიშვილი', 'Anastasia-Mariam Gogichaishvili-Javakhishvili'],
  ['Հռիփսիմե-Մարիամ Տեր-Գրիգորյան-Հովհաննիսյան', 'Hripsime-Mariam Ter-Grigoryan-Hovhannisyan'],
  [
    'عبد الرحمن بن محمد بن عبد العزيز بن عبد الله القحطاني',
    'Abdulrahman bin Mohammed bin Abdulaziz bin Abdullah Al Qahtani',
  ],
  ['زهرا السادات پورحسینی‌نژاد شیرازی', 'Zahra Sadat Pourhosseininejad Shirazi'],
  ['Oʻgʻiloy Gʻulomjonovna Oʻrinboyeva-Shoʻrtepaliyeva', null],
  ['ศาสตราจารย์สมชาย น้ำใจดีวงศ์เจริญสุขสวัสดิ์', 'Somchai Namjaidee'],
  ['श्रीमती लक्ष्मीनारायणी कृष्णमूर्ति विश्वनाथन', 'Lakshminarayani Krishnamurthy Viswanathan'],
  ['שרה־רבקה בן־דוד הכהן־לוינשטיין', 'Sara Rivka Ben-David'],
  ['Nguyễn Phước Công Tằng Tôn Nữ Thị Ánh Tuyết', null],
  ['Александра-Виктория Константиновна Рождественская-Преображенская', 'Aleksandra-Viktoriya Rozhdestvenskaya'],
  ['Өмүрбекова Айгүл Жээнбек кызы', 'Omurbekova Aigul Jeenbek kyzy'],
  ['Şəhrəbanu Əliqulu qızı Məmmədquluzadə-Hacıbəyova', null],
] as const;

/** Long enough for three lines, so that the column has no free space left. */
const LONG_COURSE =
  'Психолого-педагогические основы проектирования смешанного обучения в поликультурной среде, оценивание его результатов и сопровождение начинающих учителей';

/** Scripts whose glyphs do not give the text back; the PDF has an ActualText for them. */
const TOLD = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** The text of a page without line breaks. */
const read = (page: Fragment[] | undefined): string => (page ?? []).map((one) => one.text).join(' ');

describe('the longest possible names on a diploma', () => {
  let templates: TemplateBundle[];
  before(async () => {
    templates = await loadTemplates(TEMPLATES_DIR);
  });

  it('fit inside the frame in every template, complete and without overlaps', async () => {
    const printer = createPrinter({ templates, bundleByHash: async () => null, threads: 1 });
    for (const bundle of oneOfEachLanguage(templates)) {
      const template = new PreparedTemplate(bundle);
      const edges = edgesOf(bundle);
      for (const [holderName, latinName] of LONGEST) {
        const fit = printer.fitName({ templateId: bundle.id, holderName, latinName });
        const what = `${holderName} in ${bundle.id}`;
        assert.ok(fit.ok, `${what}: ${fit.ok ? '' : fit.detail}`);
        const pdf = await drawDiploma(
          factsFor(bundle, { holderName: fit.holderName, latinName: fit.latinName, courseTitle: LONG_COURSE }),
          template,
          null,
        );
        const { pages, actualTexts } = readPdf(pdf);
        for (const [index, page] of pages.entries())
          assert.deepEqual(collisions(page, index === 0 ? edges.first : edges.following, edges.width), [], what);
        const name = holderName.normalize('NFC');
        if (TOLD.test(name)) assert.ok(actualTexts.includes(name), what);
        else for (const word of name.split(' ')) assert.ok(read(pages[0]).includes(word), `${word} of ${what}`);
        if (latinName !== null) assert.ok(read(pages[0]).includes(latinName), what);
      }
    }
    await printer.close();
  });

  it('are shown in native and Latin form on one diploma, native form first', async () => {
    const [bundle] = templates.filter((one) => one.id === 'teacher-ka');
    assert.ok(bundle);
    const facts = factsFor(bundle, { holderName: 'ნინო ბერიძე', latinName: 'Nino Beridze' });
    const { pages } = readPdf(await drawDiploma(facts, new PreparedTemplate(bundle), null));
    const [native, latin] = ['ნინო ბერიძე', 'Nino Beridze'].map((name) => pages[0]?.find((one) => one.text === name));
    assert.ok(native && latin && native.y > latin.y && native.size > 2 * latin.size);
  });
});

/** Values that may arrive in a name field. Each is printed unchanged, or the certificate is held with a reason. */
const HOSTILE = [
  '[% anketa.member.email %]',
  '%] and [%',
  '<b>Anna</b>',
  'Anna ]]> <script>',
  'Anna &amp; &lt;Co&gt;',
  '(Anna) \\) Tj ET /Secret gs',
  'Anna\u202Eanna',
  'Anna\ud800 Petrova',
  `${'Анна '.repeat(60).trim()}`,
  'А'.repeat(300),
  `A${'\u0301\u0302\u0303'.repeat(10)}nna`,
];

describe('a name that was made to break the drawing', () => {
  it('is printed correctly, or refused with a reason that does not contain the name', async () => {
    const templates = await loadTemplates(TEMPLATES_DIR);
    const printer = createPrinter({
      templates,
      bundleByHash: async () => null,
      threads: 1,
      unmailable: MAIL_INSTRUCTIONS,
    });
    const [bundle] = templates.filter((one) => one.id === 'teacher-en');
    assert.ok(bundle);
    const template = new PreparedTemplate(bundle);
    const outcomes = new Map<string, string>();
    for (const raw of HOSTILE) {
      const entered = normaliseName(raw);
      // As in the evaluation: a text that the mail provider would execute is refused before the name is fitted.
      const executed = entered.ok ? instructionFault(entered.name, 'name', MAIL_INSTRUCTIONS) : null;
      const fit = !entered.ok
        ? entered
        : executed
          ? { ok: false as const, code: 'name-unprintable', detail: executed }
          : printer.fitName({ templateId: bundle.id, holderName: entered.name, latinName: null });
      if (!fit.ok) {
        assert.ok(!fit.detail.includes(raw.slice(0, 12)), fit.detail);
        outcomes.set(raw, fit.code);
        continue;
      }
      assert.ok('holderName' in fit);
      const { pages, xmp } = readPdf(
        await drawDiploma(factsFor(bundle, { holderName: fit.holderName }), template, null),
      );
      assert.deepEqual(collisions(pages[0] ?? [], 49), []);
      const letters = (text: string): string => text.replace(/\s+/g, '').normalize('NFC');
      assert.ok(letters(read(pages[0])).includes(letters(raw)), `${raw}: ${read(pages[0])}`);
      assert.doesNotMatch(xmp, /<b>|<script>|\]\]>(?!\s*$)/);
      outcomes.set(raw, 'printed');
    }
    await printer.close();
    assert.deepEqual(
      HOSTILE.map((raw) => outcomes.get(raw)),
      [
        'name-unprintable',
        'name-unprintable',
        'printed',
        'printed',
        'printed',
        'printed',
        'name-unprintable',
        'name-unprintable',
        'name-too-long',
        'name-too-long',
        'name-unprintable',
      ],
    );
  });
});

/** A font with Chinese, Japanese and Korean that Debian systems may have. */
const SPARE = '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf';

describe('a name in a script for which no font is installed', () => {
  const names = ['山田花子', '王小明', '김민준'];

  it('is printed in its Latin form, or refused', async () => {
    const templates = await loadTemplates(TEMPLATES_DIR);
    const printer = createPrinter({ templates, bundleByHash: async () => null, threads: 1 });
    for (const holderName of names) {
      const held = printer.fitName({ templateId: 'teacher-en', holderName, latinName: null });
      assert.ok(!held.ok && held.code === 'name-unprintable');
      const latin = printer.fitName({ templateId: 'teacher-en', holderName, latinName: 'Hanako Yamada' });
      assert.deepEqual(latin, { ok: true, holderName: 'Hanako Yamada', latinName: null });
    }
    await printer.close();
  });

  const spare = { skip: existsSync(SPARE) ? false : `${SPARE} is missing: apt-get install fonts-droid-fallback` };
  it('is printed after a font is added to fonts/ and named in the font family', spare, async () => {
    const face = await readFile(SPARE);
    const dir = await mkdtemp(join(tmpdir(), 'gramota-face-'));
    try {
      await cp(TEMPLATES_DIR, dir, { recursive: true });
      await writeFile(join(dir, 'fonts/Spare.ttf'), face);
      const family = join(dir, 'family/common/family.yaml');
      const source = await readFile(family, 'utf8');
      const edited = source
        .replace('- &thai NotoSerifThai-Regular.ttf', '- &thai NotoSerifThai-Regular.ttf\n    - &spare Spare.ttf')
        .replaceAll('*thai]', '*thai, *spare]');
      await writeFile(family, edited);
      const templates = await loadTemplates(dir);
      const printer = createPrinter({ templates, bundleByHash: async () => null, threads: 1 });
      const [bundle] = templates.filter((one) => one.id === 'teacher-en');
      assert.ok(bundle);
      const template = new PreparedTemplate(bundle);
      // The additional font has no Korean; these two names are Japanese and Chinese.
      for (const holderName of names.slice(0, 2)) {
        const fit = printer.fitName({ templateId: 'teacher-en', holderName, latinName: 'Hanako Yamada' });
        assert.deepEqual(fit, { ok: true, holderName, latinName: 'Hanako Yamada' });
        const { pages } = readPdf(await drawDiploma(factsFor(bundle, { holderName }), template, null));
        assert.ok(read(pages[0]).includes(holderName), holderName);
        assert.deepEqual(collisions(pages[0] ?? [], 49), []);
      }
      await printer.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
