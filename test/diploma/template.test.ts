import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import { InputError } from '../../src/domain/failure.ts';
import { collisions } from './collisions.ts';
import { readPdf } from './pdf-reader.ts';
import { factsFor, TEMPLATES_DIR } from './sample-facts.ts';

/** One transparent pixel as PNG in base64. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const OWN = 'certificate/teacher-ru/template.yaml';
const WORDS = 'words/ru.yaml';
const FAMILY = 'family/classic/family.yaml';
/** A family as it was shipped in template format 3: a design that stays, so that edits of it can be tried. */
const FORMER_FAMILY = 'test/diploma/former/family/teacher';

type Edits = Record<string, (source: string) => string>;

describe('diploma templates', () => {
  let root: string;
  const sources = new Map<string, string>();
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-templates-'));
    for (const file of [OWN, WORDS]) sources.set(file, await readFile(join(TEMPLATES_DIR, file), 'utf8'));
    sources.set(FAMILY, await readFile(join(FORMER_FAMILY, 'family.yaml'), 'utf8'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** Creates a templates folder that contains only the Russian template and its family, with `edits` applied. */
  async function folder(name: string, edits: Edits): Promise<string> {
    const dir = join(root, name);
    await mkdir(join(dir, 'certificate'), { recursive: true });
    await symlink(resolve(TEMPLATES_DIR, 'fonts'), join(dir, 'fonts'));
    await cp(join(TEMPLATES_DIR, 'words'), join(dir, 'words'), { recursive: true });
    await cp(FORMER_FAMILY, join(dir, 'family/classic'), { recursive: true });
    await cp(join(TEMPLATES_DIR, 'certificate/teacher-ru'), join(dir, 'certificate/teacher-ru'), { recursive: true });
    for (const [file, edit] of Object.entries(edits)) {
      const source = await readFile(join(dir, file), 'utf8').catch(() => '');
      const edited = edit(source);
      assert.notEqual(edited, source, `the edit must touch ${file}`);
      await writeFile(join(dir, file), edited);
    }
    return dir;
  }

  async function faultsOf(name: string, edits: Edits): Promise<string[]> {
    const dir = await folder(name, edits);
    const error: unknown = await loadTemplates(dir).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  }

  /** `file:line: ` of the first occurrence of a text in a file of the repository. */
  function at(file: string, text: string): string {
    const source = sources.get(file) ?? '';
    assert.ok(source.includes(text), `${file} holds ${text}`);
    return `${file}:${source.slice(0, source.indexOf(text)).split('\n').length}: `;
  }

  it('can all be loaded: three families in nine languages', async () => {
    const templates = await loadTemplates(TEMPLATES_DIR);
    const languages = ['az', 'en', 'hy', 'ka', 'kk', 'ky', 'ru', 'tg', 'uz'];
    assert.deepEqual(
      templates.map(({ id, language }) => [id, language]),
      ['modern', 'portrait', 'teacher'].flatMap((family) =>
        languages.map((language) => [`${family}-${language}`, language]),
      ),
    );
    assert.equal(new Set(templates.map(({ hash }) => hash)).size, 27);
    assert.ok(templates.every(({ definition }) => definition.format === 4));
  });

  it('are refused with all their faults at once, with the file and line that define each wrong value', async () => {
    const faults = await faultsOf('many', {
      [WORDS]: (text) => text.replace('  few: ', '  fuw: ').replace("heading: 'ДИПЛОМ'", 'heading: 7'),
      [FAMILY]: (text) =>
        text.replace("primary: '#17365d'", "primary: 'navy'").replace('max: 46, floor: 21', 'max: 46, floor: 60'),
    });
    const expected = [
      `${at(FAMILY, "primary: '#17365d'")}palette.primary: must be a colour like "#17365d"`,
      `${at(FAMILY, '  name: { face')}styles.name.size.floor: floor is larger than max: exchange the two values`,
      `${at(WORDS, '  few: ')}hours: unknown "fuw": remove it or correct its spelling`,
      `${at(WORDS, "heading: 'ДИПЛОМ'")}texts.heading: `,
    ];
    for (const start of expected)
      assert.ok(
        faults.some((fault) => fault.startsWith(start)),
        `${start}\n${faults.join('\n')}`,
      );
    assert.equal(faults.length, 4, faults.join('\n'));
  });

  it('are refused when they cannot be drawn, with the place and advice', async () => {
    const cases: [string, Edits, RegExp][] = [
      [
        'plural',
        { [WORDS]: (text) => text.replace(/ {2}few: .*\n/, '') },
        /words\/ru\.yaml:\d+: hours: plural form "few" is missing/,
      ],
      [
        'word',
        { [WORDS]: (text) => text.replace('№ {number}', '№ {nummer}') },
        /texts\.number: placeholder \{nummer\} is not known here/,
      ],
      ['spelling', { [WORDS]: (text) => text.replace('  verify:', '  verifi:') }, /there is no text "verify": add it/],
      ['unused', { [OWN]: (text) => `${text}texts: { motto: 'Слово' }\n` }, /texts\.motto: is not printed anywhere/],
      [
        'glyph',
        { [WORDS]: (text) => text.replace("'Всего'", "'証'") },
        /texts\.total: no font has a glyph for U\+8A3C/,
      ],
      [
        'id',
        { [OWN]: (text) => text.replace('id: teacher-ru', 'id: teacher-xx') },
        /:\d+: id: must be "teacher-ru", the name of the folder/,
      ],
      ['yaml', { [WORDS]: (text) => text.replace('texts:', 'texts: {') }, /:\d+: not readable as YAML/],
      [
        'kin',
        { [OWN]: (text) => text.replace('extends: classic', 'extends: clasic') },
        /extends: there is no family\/clasic\/family\.yaml/,
      ],
      ['format', { [FAMILY]: (text) => text.replace('format: 3', 'format: 5') }, /family\.yaml:\d+: format: must be 4/],
      [
        'face',
        { [FAMILY]: (text) => text.replace('NotoSans-SemiBold.ttf', 'Missing.ttf') },
        /family\.yaml:\d+: faces\.strong\.0: no usable font fonts\/Missing\.ttf/,
      ],
      ['field', { [FAMILY]: (text) => text.replace('  ink:', "  Ink: '#000000'\n  ink:") }, /palette/],
      [
        'colour',
        { [FAMILY]: (text) => text.replace('colour: ink }', 'colour: inc }') },
        /there is no colour "inc": name one of ink, primary/,
      ],
      [
        'style',
        { [FAMILY]: (text) => text.replace('style: code,', 'style: cod,') },
        /there is no style "cod": name one of/,
      ],
      [
        'file',
        { [FAMILY]: (text) => text.replace('[rosette.svg, frame.svg]', '[rosette.svg, frme.svg]') },
        /first\.art\.1: the file certificate\/teacher-ru\/frme\.svg or family\/classic\/frme\.svg does not exist/,
      ],
      [
        'kind',
        { [FAMILY]: (text) => text.replace('{ rule: 0.6, colour: muted }', '{ rule: 0.6, art: divider.svg }') },
        /expected exactly one of text, image, art, rule/,
      ],
      [
        'needs',
        { [FAMILY]: (text) => text.replace('{ rule: 0.6, colour: muted }', '{ rule: 0.6 }') },
        /a part with "rule" needs "colour": add it/,
      ],
      [
        'outside',
        { [FAMILY]: (text) => text.replace('qr: { x: 677', 'qr: { x: 720') },
        /first\.qr: reaches from 720, 449 to 805, 534, outside the printable area of the page/,
      ],
      [
        'over',
        { [FAMILY]: (text) => text.replace('qr: { x: 677', 'qr: { x: 640') },
        /first\.qr: the QR code overlaps stack 5: move one of them/,
      ],
      [
        'high',
        { [FAMILY]: (text) => text.replace('bottom: 438', 'bottom: 380') },
        /first\.stacks\.0: its parts need up to \d+ points, but the box has 309/,
      ],
      [
        'wide',
        { [WORDS]: (text) => text.replace("'Обладатель диплома'", `'${'Обладатель диплома '.repeat(9)}'`) },
        /does not fit into 620 points in style "sentence"/,
      ],
      [
        'silent',
        { [FAMILY]: (text) => text.replace(/.*text: code, style: code.*\n/, '').replace("  code: '{code}'\n", '') },
        /no text of the first page contains \{code\}: add it there/,
      ],
      [
        'unmeasured',
        { [WORDS]: (text) => text.replace("holder: 'Обладатель диплома'", "holder: '{holderName}'") },
        /on the first page a name needs its own part in a style with "fit: name"/,
      ],
      [
        'footer',
        {
          [FAMILY]: (text) =>
            text.replace('{ text: footer, style: footer }', '{ text: footer, style: footer, link: lookup }'),
        },
        /following\.footer\.parts\.0: the footer can contain only plain texts/,
      ],
      [
        'page',
        { [WORDS]: (text) => text.replace("verify: '", "verify: '{page} ") },
        /texts\.verify: \{page\} can be used only in the footer/,
      ],
    ];
    for (const [name, edits, expected] of cases) {
      const faults = await faultsOf(name, edits);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        `${name}: ${expected}\n${faults.join('\n')}`,
      );
      for (const fault of faults) assert.match(fault, /^(certificate|family|words)\/[^:]+:\d+: /, fault);
    }
  });

  it('can have a logo and a signature', async () => {
    const pictures = { logo: { file: 'logo.png' }, signature: { file: 'signature.png' } };
    const png = Buffer.from(PIXEL, 'base64');
    const dir = await folder('pictures', { [OWN]: (text) => `${text}\nimages: ${JSON.stringify(pictures)}\n` });
    for (const { file } of Object.values(pictures)) await writeFile(join(dir, 'certificate/teacher-ru', file), png);
    const [bundle] = await loadTemplates(dir);
    assert.deepEqual(
      bundle?.files.map(({ name }) => name).filter((name) => name.endsWith('.png')),
      ['logo.png', 'signature.png'],
    );
  });

  it('use images from their own folder first, and refuse an invalid image', async () => {
    const named: Edits = { [OWN]: (text) => `${text}\nimages:\n  logo: { file: logo.png }\n` };
    assert.match(
      (await faultsOf('no-logo', named))[0] ?? '',
      /images\.logo\.file: the file certificate\/teacher-ru\/logo\.png/,
    );
    const broken = await faultsOf('broken-logo', { ...named, 'certificate/teacher-ru/logo.png': () => 'no picture' });
    assert.match(
      broken[0] ?? '',
      /template\.yaml:\d+: images\.logo\.file: certificate\/teacher-ru\/logo\.png is neither a PNG nor a JPEG/,
    );
    const square =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 841.89 595.28"><rect width="9" height="9"/></svg>';
    const own = await loadTemplates(await folder('own-frame', { 'certificate/teacher-ru/frame.svg': () => square }));
    const frame = own[0]?.files.find((file) => file.name === 'frame.svg');
    assert.equal(frame?.bytes.toString(), square);
    const crooked = await faultsOf('crooked', {
      'certificate/teacher-ru/frame.svg': () => square.replace('841.89', '500'),
    });
    assert.match(
      crooked[0] ?? '',
      /first\.art\.1: its viewBox is 500 by 595\.28, which has other proportions than the page/,
    );
  });

  it('can be added as the README shows, without any code', async () => {
    const readme = await readFile(join(TEMPLATES_DIR, 'README.md'), 'utf8');
    const example = /```yaml\n(extends: classic\nwords: en\nid: teacher-green[\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const dir = await folder('example', {});
    await cp(join(TEMPLATES_DIR, 'family'), join(dir, 'family'), { recursive: true });
    await mkdir(join(dir, 'certificate/teacher-green'));
    await writeFile(join(dir, 'certificate/teacher-green/template.yaml'), example);
    await writeFile(join(dir, 'issuer.yaml'), 'signatories: { vera: { name: Vera, signature: vera.png } }');
    await mkdir(join(dir, 'issuer'));
    await writeFile(join(dir, 'issuer/vera.png'), Buffer.from(PIXEL, 'base64'));
    const [green] = await loadTemplates(dir);
    assert.equal(green?.id, 'teacher-green');
    const signatory = { id: 'vera', name: 'Vera', position: 'Head' };
    const facts = factsFor(green, { holderName: 'ნინო ბერიძე', latinName: 'Nino Beridze', signatory });
    const { pages, dictionaries } = readPdf(await drawDiploma(facts, new PreparedTemplate(green), null));
    const texts = pages[0]?.map((one) => one.text) ?? [];
    for (const text of ['DIPLOMA', 'ნინო ბერიძე', 'Nino Beridze', 'Who teaches, learns', 'No. INT-26-000042']) {
      assert.ok(texts.includes(text), `${text} in ${texts.join(' / ')}`);
    }
    for (const [index, page] of pages.entries()) assert.deepEqual(collisions(page, index === 0 ? 48 : 34), []);
    assert.equal(dictionaries.filter((one) => one.includes('/Subtype /Image') && one.includes('/SMask')).length, 1);
  });

  it('can have portrait pages', async () => {
    const frame =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 595.28 841.89"><rect width="9" height="9"/></svg>';
    const narrow = (text: string): string =>
      text
        .replace('orientation: landscape', 'orientation: portrait')
        .replace('x: 111 #', 'x: 60 #')
        .replaceAll('width: 620', 'width: 475')
        .replaceAll('x: 80\n', 'x: 60\n')
        .replaceAll('width: 210', 'width: 130')
        .replace('x: 326', 'x: 192')
        .replace('width: 190', 'width: 110')
        .replace('x: 521', 'x: 304')
        .replaceAll('width: 150', 'width: 145')
        .replace('x: 677', 'x: 455')
        .replaceAll('x: 96', 'x: 60')
        .replaceAll('width: 650', 'width: 475')
        .replace(
          'sentence: { face: text, size: { max: 12.5, floor: 9, lines: 1 }',
          'sentence: { face: text, size: { max: 12.5, floor: 8, lines: 1 }',
        );
    const [upright] = await loadTemplates(
      await folder('upright', {
        [FAMILY]: narrow,
        'family/classic/frame.svg': () => frame,
        'family/classic/rosette.svg': () => frame,
        'family/classic/frame-following.svg': () => frame,
      }),
    );
    assert.ok(upright);
    const pdf = await drawDiploma(
      factsFor(upright, { holderName: 'Анна Петрова' }),
      new PreparedTemplate(upright),
      null,
    );
    const { dictionaries, pages } = readPdf(pdf);
    assert.equal(dictionaries.filter((one) => /\/MediaBox \[0 0 595\.28 841\.89\]/.test(one)).length, 2);
    for (const one of pages.flat()) assert.ok(one.x > 0 && one.x + one.width < 595, one.text);
  });

  it('get another hash when any part of them changes', async () => {
    const hashes = new Set<string>();
    const edits: Edits[] = [
      {},
      { [WORDS]: (text) => text.replace("'Всего'", "'Итого'") },
      { [FAMILY]: (text) => text.replace("'#17365d'", "'#17365e'") },
      { 'family/classic/divider.svg': (text) => text.replace('stroke-width="0.4"', 'stroke-width="0.5"') },
    ];
    for (const [index, edit] of edits.entries()) {
      for (const { hash } of await loadTemplates(await folder(`hash-${index}`, edit))) hashes.add(hash);
    }
    assert.equal(hashes.size, edits.length);
    const [plain] = await loadTemplates(await folder('hash-again', {}));
    assert.ok(hashes.has(plain?.hash ?? ''), 'same files, same hash');
  });
});
