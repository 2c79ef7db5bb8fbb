import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { type ComparedFacts, compareFacts, readFacts } from '../../src/lookup/browser/file-facts.ts';
import { diplomaFacts } from '../support/diploma-facts.ts';
import { type SampleDiploma, sampleDiploma } from '../verify/sample-diploma.ts';

const PREFIX = 'https://gramota.example/c/';
let template: PreparedTemplate;

before(async () => {
  const bundle = (await loadTemplates(resolve('templates'))).find(({ id }) => id === 'teacher-kk');
  assert.ok(bundle);
  template = new PreparedTemplate(bundle);
});

/** The page of a diploma with these facts. */
function pageOf(facts: DiplomaFacts): ComparedFacts {
  const { holderName, courseTitle, hoursTotal, number, issueDate, signatory, project } = facts;
  const values = { holderName, courseTitle, hoursTotal: String(hoursTotal), number, issueDate };
  const all = { ...values, signatory: signatory.name, project: project?.title ?? '' };
  return {
    code: facts.code,
    prefix: PREFIX,
    facts: Object.entries(all).map(([key, value]) => ({ key, label: key, value, shown: value })),
  };
}

/** What is said of a diploma that prints other facts than the page shows. */
async function comparison(printed: Partial<DiplomaFacts>, shown: Partial<DiplomaFacts> = {}) {
  const pdf = await drawDiploma(diplomaFacts(printed), template, null);
  return compareFacts(await readFacts(pdf), pageOf(diplomaFacts(shown)));
}

describe('the facts in a diploma without attachments', () => {
  it('agree with the page in every script', async () => {
    for (const holderName of [
      'Әсел Нұрмұхамедова',
      'عبد الرحمن بن يوسف',
      'محمّد لاله‌ای',
      'דוד בן־גוריון',
      'श्रीकृष्ण क्षत्रिय',
      'สมชาย ใจดี',
      'Հայկ Սարգսյան',
      'ნინო გელაშვილი',
      'Nguyễn Thị Ánh',
    ])
      assert.deepEqual(await comparison({ holderName }, { holderName }), { kind: 'facts-agree' }, holderName);
  });

  it('differ one by one: name, hours, date, signatory, project', async () => {
    const changes: [keyof DiplomaFacts & string, Partial<DiplomaFacts>][] = [
      ['holderName', { holderName: 'Әсел Серікқызы' }],
      ['hoursTotal', { hoursTotal: 144 }],
      ['issueDate', { issueDate: '2026-11-21' }],
      ['signatory', { signatory: { name: 'Иван Иванов', position: 'Бағдарлама директоры' } }],
      ['project', { project: { title: 'Басқа жұмыс', url: null, grade: null } }],
    ];
    for (const [key, printed] of changes) {
      const found = await comparison(printed);
      assert.equal(found.kind, 'facts-differ', key);
      assert.deepEqual(
        found.differences?.map(({ label, inFile }) => [label, inFile]),
        [[key, null]],
      );
    }
  });

  it('are not ours when neither code nor number are those of the page', async () => {
    assert.equal((await comparison({ code: 'WF3MYN6NEZCP6YD58TWHS2QKB', number: 'INT-26-000043' })).kind, 'not-ours');
    assert.equal((await comparison({ code: 'WF3MYN6NEZCP6YD58TWHS2QKB' })).kind, 'facts-agree', 'the number alone');
  });
});

describe('the credential in a diploma', () => {
  let sample: SampleDiploma;
  let facts: DiplomaFacts;
  before(async () => {
    sample = await sampleDiploma();
    const { issueDate } = (await readFacts(sample.files.pdf)).attached?.facts ?? {};
    facts = diplomaFacts();
    assert.match(issueDate ?? '', /^\d{4}-\d\d-\d\d$/);
  });

  it('names the other value, which the text of the pages alone cannot', async () => {
    const inFile = await readFacts(sample.files.pdf);
    assert.ok(inFile.attached);
    inFile.attached.facts['issueDate'] = facts.issueDate;
    assert.deepEqual(compareFacts(inFile, pageOf(facts)), { kind: 'facts-agree' });
    const other = compareFacts(inFile, pageOf({ ...facts, holderName: 'Әсел Серікқызы' }));
    assert.deepEqual(other.differences, [
      { label: 'holderName', inFile: 'Әсел Нұрмұхамедова', onPage: 'Әсел Серікқызы' },
    ]);
  });

  it('tells a diploma of another person apart, and is not believed when another installation made it', async () => {
    const inFile = await readFacts(sample.files.pdf);
    const other = pageOf({ ...facts, code: 'WF3MYN6NEZCP6YD58TWHS2QKB', number: 'INT-26-000043' });
    assert.equal(compareFacts(inFile, other).kind, 'other');
    assert.equal(compareFacts(inFile, { ...other, prefix: 'https://other.example/c/' }).kind, 'not-ours');
  });
});

describe('a file that is no readable PDF', () => {
  it('is refused: no PDF, encrypted, or with a stream without an end', async () => {
    for (const text of [
      'GIF89a',
      '%PDF-1.7\ntrailer << /Encrypt 5 0 R >>',
      '%PDF-1.7\n1 0 obj << /Length 9 >> stream\nx',
    ])
      await assert.rejects(readFacts(Buffer.from(text)), text);
  });

  it('is not a diploma when it is any other PDF', async () => {
    const read = await readFacts(Buffer.from('%PDF-1.7\n1 0 obj << /Type /Page /Parent 1 0 R >> endobj'));
    assert.deepEqual(read, { attached: null, text: '' });
    assert.equal(compareFacts(read, pageOf(diplomaFacts())).kind, 'not-ours');
  });
});
