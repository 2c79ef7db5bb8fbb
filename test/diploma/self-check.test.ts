import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { copyOf, lend, memoryOf, openPdfium } from '../../src/diploma/check/pdfium.ts';
import { type Expected, type SelfCheckFault, selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { openTrust, type Trust } from '../../src/diploma/pdf/trust.ts';
import { SAMPLE_HOLDERS } from '../../src/diploma/preview/sample-holders.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { DiplomaFault } from '../../src/ports/printer.ts';
import { credentialedFacts } from '../credential/sample-facts.ts';
import { testKeysDir } from '../support/keys.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

interface Drawn {
  facts: CredentialedFacts;
  trust: Trust;
  pdf: Buffer;
  expected: Expected;
}

/**
 * Texts whose extracted form can differ from the printed form: ligatures, marks, joined letters, directions, hyphens,
 * signs.
 */
const WORDS = [
  ...[
    'Office',
    'affine',
    'ﬁne',
    'Nguyễn',
    'e\u0301clair',
    'Щукин-Йовчев',
    'и\u0306',
    'soft\u00adhyphen',
    'co‑op',
    'x—y',
  ],
  ...[
    '«ёлка»',
    '“q”',
    '3½',
    'm²',
    '№',
    '<b>',
    '{x}',
    '2026',
    'ბერიძე',
    'և',
    'ΐ',
    'שָׂרָה',
    'בן־דוד',
    'محمد',
    'گل‌محمدی',
    'لا',
  ],
  ...['بِسْمِ', '٢٠٢٦', 'क्षत्रिय', 'र्कि', 'น้ำใจ', 'ปี่'],
];

/** Replaces bytes in place, so that no offset changes. */
function alter(pdf: Buffer, from: string | RegExp, to: (found: string) => string): Buffer {
  const text = pdf.toString('latin1');
  const found = typeof from === 'string' ? from : (from.exec(text)?.[0] ?? assert.fail(`no ${from} in the file`));
  const at = text.lastIndexOf(found);
  assert.ok(at >= 0, `no ${found} in the file`);
  const changed = to(found);
  assert.equal(changed.length, found.length, 'the file must keep its length');
  const copy = Buffer.from(pdf);
  copy.write(changed, at, 'latin1');
  return copy;
}

/** The file after another program saved it without its last page. */
async function withoutLastPage(pdf: Buffer): Promise<Buffer> {
  const pdfium = await openPdfium();
  return lend(pdfium, pdf.length, (address) => {
    memoryOf(pdfium).set(pdf, address);
    const document = pdfium.FPDF_LoadMemDocument(address, pdf.length, '');
    pdfium.FPDFPage_Delete(document, pdfium.FPDF_GetPageCount(document) - 1);
    const writer = pdfium.PDFiumExt_OpenFileWriter();
    pdfium.PDFiumExt_SaveAsCopy(document, writer);
    const size = pdfium.PDFiumExt_GetFileWriterSize(writer);
    return lend(pdfium, size, (copy) => {
      pdfium.PDFiumExt_GetFileWriterData(writer, copy, size);
      return copyOf(pdfium, copy, size);
    });
  });
}

/** Two untagged pages made by the drawing library alone. */
function plainPages(draw: (page: PDFKit.PDFDocument) => unknown): Promise<Buffer> {
  const document = new PDFDocument();
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  draw(document);
  draw(document.addPage());
  document.end();
  return new Promise((resolve) => document.on('end', () => resolve(Buffer.concat(chunks))));
}

describe('the self-check of a finished diploma', () => {
  let templates: PreparedTemplate[];
  let one: Drawn;

  const templateOf = (id: string): PreparedTemplate =>
    templates.find((template) => template.definition.id === id) ?? assert.fail(`no template ${id}`);

  async function drawn(changes: Partial<DiplomaFacts> = {}): Promise<Drawn> {
    const template = templateOf(changes.templateId ?? 'teacher-kk');
    const facts = await credentialedFacts(changes);
    const trust = await openTrust(facts, openKeyFolder(await testKeysDir()));
    assert.ok(trust);
    const pdf = await drawDiploma(facts, template, trust);
    return { facts, trust, pdf, expected: expectedOf(facts, template, trust) };
  }
  const checkOf = async (pdf: Uint8Array, expected: Expected): Promise<SelfCheckFault['check'] | null> =>
    (await selfCheck(pdf, expected))?.check ?? null;

  before(async () => {
    templates = (await loadTemplates(TEMPLATES_DIR)).map((bundle) => new PreparedTemplate(bundle));
    one = await drawn();
  });

  it('accepts diplomas of every template and script, with credential and seal', async () => {
    for (const [index, { id, holderName, latinName }] of SAMPLE_HOLDERS.entries()) {
      const { definition } = templates[index % templates.length] ?? assert.fail('there are no templates');
      const { pdf, expected } = await drawn({ templateId: definition.id, holderName, latinName });
      assert.equal(await selfCheck(pdf, expected), null, `${definition.id}, ${id}`);
    }
  });

  it('accepts a simple diploma without attachments and seal', async () => {
    const template = templateOf('teacher-kk');
    const pdf = await drawDiploma(one.facts, template, null);
    assert.equal(await selfCheck(pdf, expectedOf(one.facts, template, null)), null);
  });

  it('accepts a very long course title, a programme of several pages, and a missing project', async () => {
    const programme = Array.from({ length: 40 }, (_, index) => ({
      title: `Модуль ${index + 1} үлгісі`,
      hours: index + 0.5,
    }));
    const { pdf, expected } = await drawn({ programme, project: null, courseTitle: 'Аралас оқыту '.repeat(30).trim() });
    assert.equal(await selfCheck(pdf, expected), null);
  });

  it('accepts a module named by one letter below a right-to-left one, and one above a right-to-left one with high marks', async () => {
    const programmes = [
      ['گل\u200cمحمدی', 'ΐ', 'Office'],
      ['Office', 'بِسْمِ <b>', 'Office'],
    ];
    for (const titles of programmes) {
      const programme = titles.map((title, index) => ({ title, hours: index + 0.5 }));
      for (const { definition } of templates) {
        const { pdf, expected } = await drawn({
          templateId: definition.id,
          courseTitle: 'Office',
          programme,
          project: null,
        });
        assert.equal(await selfCheck(pdf, expected), null, definition.id);
      }
    }
  });

  it('accepts any mixture of scripts in any text', async () => {
    const texts = (most: number) => fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: most });
    const printed = fc.record({
      id: fc.constantFrom(...templates.map((template) => template.definition.id)),
      course: texts(30),
      modules: fc.array(texts(30), { minLength: 1, maxLength: 20 }),
      project: fc.option(texts(30)),
    });
    await fc.assert(
      fc.asyncProperty(printed, async ({ id, course, modules, project }) => {
        const { pdf, expected } = await drawn({
          templateId: id,
          courseTitle: course.join(' '),
          programme: modules.map((words, index) => ({ title: words.join(' '), hours: index + 0.5 })),
          project: project && { title: project.join('-'), url: null, grade: null },
        });
        assert.equal(await selfCheck(pdf, expected), null);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a file that is not a PDF, and can still check the next file', async () => {
    assert.equal(await checkOf(Buffer.from('%PDF-1.7\nnothing'), one.expected), 'file');
    assert.equal(await checkOf(one.pdf.subarray(0, 9000), one.expected), 'file');
    assert.equal(await checkOf(one.pdf, one.expected), null);
  });

  it('refuses a diploma that has lost a page', async () => {
    const pdf = await withoutLastPage(one.pdf);
    assert.equal(await checkOf(pdf, one.expected), 'pages');
  });

  it('refuses a wrong name, number, course, date, module or hours; the message does not repeat them', async () => {
    const others: Partial<DiplomaFacts>[] = [
      { holderName: 'Айгүл Нұрмұхамедова' },
      { number: 'INT-26-000043' },
      { courseTitle: 'Басқа курс' },
      { issueDate: '2026-11-21' },
      { hoursTotal: 73 },
      { programme: one.facts.programme.slice(0, 1) },
      { project: null },
      { signatory: { name: 'Вера Иная', position: one.facts.signatory.position } },
    ];
    for (const other of others) {
      const { pdf } = await drawn(other);
      const fault = await selfCheck(pdf, one.expected);
      assert.equal(fault?.check, 'text', JSON.stringify(other));
      for (const value of [one.facts.holderName, one.facts.number, one.facts.courseTitle])
        assert.ok(!fault.detail.includes(value), fault.detail);
    }
  });

  it('refuses an empty box instead of a letter (.notdef), even when the text layer has the true letter', async () => {
    const template = templateOf('teacher-kk');
    for (const holderName of ['Anna 漢', 'آمنة 漢']) {
      const facts = { ...one.facts, holderName };
      // These fonts claim to contain every character, so the drawing shows the empty box for missing ones.
      const claims = template.faces.all.map((face) => ({ font: face.font, own: face.font.hasGlyphForCodePoint }));
      for (const { font } of claims) font.hasGlyphForCodePoint = () => true;
      try {
        const pdf = await drawDiploma(facts, template, null);
        const fault = await selfCheck(pdf, expectedOf(facts, template, null));
        assert.equal(fault?.check, 'glyphs', holderName);
      } finally {
        for (const { font, own } of claims) font.hasGlyphForCodePoint = own;
      }
    }
  });

  it('refuses a font that is not embedded', async () => {
    const pdf = await plainPages((page) => page.font('Helvetica').text('Anna'));
    assert.equal(await checkOf(pdf, one.expected), 'faces');
  });

  it('refuses a QR code that contains another address', async () => {
    const { pdf } = await drawn({ lookupUrl: one.facts.lookupUrl.replace(/.$/, 'X') });
    const fault = await selfCheck(pdf, one.expected);
    assert.deepEqual(fault, { check: 'qr', detail: 'a QR code contains something other than the lookup address' });
  });

  it('refuses a QR code that cannot be read', async () => {
    const pdf = await plainPages((page) => page.rect(100, 100, 80, 80).fill());
    const fault = await selfCheck(pdf, { ...one.expected, texts: [] });
    assert.deepEqual(fault, { check: 'qr', detail: 'no QR code can be read' });
  });

  it('also runs in the drawing thread: it refuses a text that lost letters on the way to that thread', async () => {
    const templates = await loadTemplates(TEMPLATES_DIR);
    const printer = createPrinter({ templates, bundleByHash: async () => null, threads: 1 });
    const templateHash = templates.find(({ id }) => id === one.facts.templateId)?.hash ?? assert.fail();
    const facts = { ...one.facts, credential: null, templateHash };
    try {
      await printer.draw(facts);
      // A broken decoding leaves U+FFFD; some faces do have a glyph for it.
      const broken = { ...facts, courseTitle: 'Цифрлық \ufffd\ufffdдагогика' };
      await assert.rejects(printer.draw(broken), (error) => error instanceof DiplomaFault && error.check === 'glyphs');
    } finally {
      await printer.close();
    }
  });

  it('refuses missing or additional attachments, and attachments of another diploma', async () => {
    const template = templateOf('teacher-kk');
    const plain = await drawDiploma(one.facts, template, null);
    assert.equal(await checkOf(plain, one.expected), 'attachments');
    const [json, jwt] = one.expected.attachments;
    assert.ok(json && jwt);
    const changed = { ...json, bytes: Buffer.concat([json.bytes, Buffer.from(' ')]) };
    assert.equal(await checkOf(one.pdf, { ...one.expected, attachments: [changed, jwt] }), 'attachments');
    const other = await drawn({ holderName: 'Айгүл Нұрмұхамедова' });
    for (const trust of [
      { ...one.trust, json: other.trust.json },
      { ...one.trust, jwt: other.trust.jwt },
    ]) {
      const pdf = await drawDiploma(one.facts, template, trust);
      const fault = await selfCheck(pdf, expectedOf(one.facts, template, trust));
      assert.equal(fault?.check, 'attachments');
      assert.match(fault.detail, /does not contain the number and name/);
    }
  });

  describe('the self-check of a finished diploma refuses a seal that', () => {
    const refused = async (pdf: Uint8Array, expected: Expected, detail: RegExp): Promise<void> => {
      const fault = await selfCheck(pdf, expected);
      assert.equal(fault?.check, 'seal', fault?.detail);
      assert.match(fault.detail, detail);
    };

    it('should not exist', async () => {
      await refused(one.pdf, { ...one.expected, sealedBy: null }, /1 seals instead of 0/);
    });

    it('was made for other bytes', async () => {
      const pdf = alter(one.pdf, 'Producer', (found) => found.replace('P', 'Q'));
      await refused(pdf, one.expected, /differs from what was sealed/);
    });

    it('does not protect the whole file', async () => {
      await refused(Buffer.concat([one.pdf, Buffer.from('\n%')]), one.expected, /does not protect the whole file/);
    });

    it('was made with another certificate', async () => {
      const [, authority] = one.trust.seal.certificates;
      assert.ok(authority);
      const stranger = new X509Certificate(authority);
      // The seal contains the certificate of the authority, but was not made with the authority's key.
      await refused(one.pdf, { ...one.expected, sealedBy: stranger }, /signature/);
    });

    it('has a changed signature', async () => {
      // The last bytes of the signature: the end of the seal, or the bytes before the padding zeros.
      const pdf = alter(
        one.pdf,
        /(?<=\/Contents <[0-9a-f]*)[0-9a-f]{8}(?=0*>)/,
        (found) => (found.startsWith('f') ? '0' : 'f') + found.slice(1),
      );
      await refused(pdf, one.expected, /the signature of the seal is invalid/);
    });
  });
});
