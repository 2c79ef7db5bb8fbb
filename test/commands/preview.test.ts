import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runFields } from '../../src/commands/fields.ts';
import { runPreview } from '../../src/commands/preview.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { withPdf } from '../../src/diploma/check/pdfium-document.ts';
import { gramota, type Ran, told } from './command-line.ts';

const TEMPLATES = { TEMPLATES_DIR: resolve('templates') };
const config = readConfig(TEMPLATES, NEEDED.nothing);

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-preview-'));
});
after(() => rm(dir, { recursive: true }));

const failed = (ran: Ran, code: number, line: RegExp): void => {
  assert.deepEqual([ran.code, ran.out, ran.err.length], [code, [], 1], ran.err.join('\n'));
  assert.match(ran.err[0] ?? '', line);
};

describe('gramota preview', () => {
  const preview = (args: string[], file: string): Promise<Ran> =>
    gramota(['preview', ...args, '--out', join(dir, file)], TEMPLATES);
  async function read(file: string): Promise<{ pages: number; text: string; artifacts: boolean }> {
    const bytes = await readFile(join(dir, file));
    return withPdf(await openPdfium(), bytes, (pdf) => {
      const pages = Array.from({ length: pdf.pageCount }, (_, index) =>
        pdf.page(index, (page) =>
          page
            .text()
            .characters.map((one) => one.text)
            .join(''),
        ),
      );
      return { pages: pages.length, text: pages.join('\n'), artifacts: pdf.attachments().length === 0 };
    });
  }

  const drawn = (template: string, file: string, options: { sample?: string; extreme?: boolean } = {}): Promise<Ran> =>
    told((say) => runPreview(config, template, { ...options, out: join(dir, file) }, say));

  it('draws a sample diploma in the language of the template, marked as a sample', async () => {
    const ran = await preview(['teacher-ru'], 'own.pdf');
    assert.deepEqual([ran.code, ran.err], [0, []], ran.err.join('\n'));
    const { pages, text } = await read('own.pdf');
    assert.equal(pages, 2);
    for (const words of ['Анна Примерова', 'SAMPLE-26-000000', '00000-00000-00000-00000-00000', 'gramota.example'])
      assert.ok(text.includes(words), words);
    // The watermark is line art, not text.
    assert.ok(!text.includes('ОБРАЗЕЦ'));
  });

  it('draws samples with other scripts or with the longest values on request', async () => {
    assert.equal((await drawn('teacher-ru', 'georgian.pdf', { sample: 'georgian' })).code, 0);
    assert.ok((await read('georgian.pdf')).text.includes('ანა ნიმუშაძე'));
    assert.equal((await drawn('teacher-ru', 'extreme.pdf', { extreme: true })).code, 0);
    const extreme = await read('extreme.pdf');
    assert.ok(extreme.pages > 2, `${extreme.pages} pages`);
    assert.ok(extreme.text.includes('Анна Примерова-Примерова'));
  });

  it('can write all pages as one image', async () => {
    assert.equal((await drawn('teacher-ru', 'own.PNG')).code, 0);
    const png = await readFile(join(dir, 'own.PNG'));
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1754, 2480], 'two A4 pages at 150 dpi');
  });

  it('lists the valid names for an unknown template or sample', async () => {
    failed(await drawn('teacher-xx', 'x.pdf'), 1, /no template with this name; known templates: .*teacher-ru/);
    failed(
      await drawn('teacher-ru', 'x.pdf', { sample: 'runes' }),
      1,
      /no sample with this id; known samples: .*georgian/,
    );
  });

  it('refuses wrong arguments', async () => {
    failed(await preview(['teacher-ru'], 'x.gif'), 2, /\.pdf or \.png/);
    failed(await gramota(['preview', 'teacher-ru'], TEMPLATES), 2, /--out/);
    failed(await preview(['teacher-ru', '--sample', 'thai', '--extreme'], 'x.pdf'), 2, /cannot be used with/);
  });
});

describe('gramota fields', () => {
  const fields = (template: string, out?: string): Promise<Ran> =>
    told((say) => runFields(config, template, out === undefined ? {} : { out }, say));

  it('prints the list of fields, or writes it as JSON or CSV', async () => {
    const shown = await gramota(['fields', 'teacher-kk'], TEMPLATES);
    assert.equal(shown.code, 0, shown.err.join('\n'));
    assert.match(shown.out[0] ?? '', /^name +type +required +maxLength +sample$/);
    assert.ok(
      shown.out.some((line) => /^holderName +name +true +\d+ +Әсем Үлгібаева$/.test(line)),
      shown.out.join('\n'),
    );

    assert.equal((await fields('teacher-kk', join(dir, 'f.json'))).code, 0);
    const sheet = JSON.parse(await readFile(join(dir, 'f.json'), 'utf8')) as Record<string, unknown>[];
    const byName = new Map(sheet.map((field) => [field['name'], field]));
    assert.deepEqual(Object.keys(sheet[0] ?? {}), ['name', 'type', 'required', 'maxLength', 'sample']);
    assert.deepEqual([byName.get('latinName')?.['required'], byName.get('number')?.['required']], [false, true]);
    assert.equal(byName.get('projectTitle')?.['required'], false, 'a project may be missing as a whole');

    assert.equal((await fields('teacher-kk', join(dir, 'f.csv'))).code, 0);
    const [head, ...rows] = (await readFile(join(dir, 'f.csv'), 'utf8')).trimEnd().split('\n');
    assert.equal(head, '\ufeffname,type,required,maxLength,sample');
    assert.equal(rows.length, sheet.length);
  });

  it('lists the valid names for an unknown template, and refuses other file types', async () => {
    failed(await fields('teacher-xx'), 1, /no template with this name; known templates: .*teacher-kk/);
    failed(await gramota(['fields', 'teacher-kk', '--out', 'f.xlsx'], TEMPLATES), 2, /\.csv or \.json/);
  });
});
