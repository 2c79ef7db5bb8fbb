import { createHash } from 'node:crypto';
import { drawDiploma } from '../../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../../src/diploma/template/prepared-template.ts';
import { factsFor, TEMPLATES_DIR } from '../sample-facts.ts';

/** Draws many different diplomas, forwards or backwards, and prints the SHA-256 of each by its number. */
const NAMES = [
  'Александра Рождественская',
  'Әсел Нұрмұхамедова',
  'Dilnoza Oʻrinboyeva Gʻulomjon qizi',
  'ნინო ბერიძე',
  'Անահիտ Հարությունյան',
  'Ελένη Παπαδοπούλου',
  'Nguyễn Thị Ánh Tuyết',
  'أحمد الخطيب',
  'شهین پورحسینی',
  'שרה כהן־לוי',
  'प्रिया शर्मा',
  'สมชาย น้ำใจดี',
  'Ме́рген Đặng Ð',
];

const [count = '0', direction] = process.argv.slice(2);
const bundles = await loadTemplates(TEMPLATES_DIR);
const templates = new Map(bundles.map((bundle) => [bundle.id, new PreparedTemplate(bundle)]));
const order = Array.from({ length: Number(count) }, (_, index) => index);
if (direction === 'backwards') order.reverse();
const digests: [number, string][] = [];
for (const index of order) {
  const bundle = bundles[index % bundles.length];
  const template = templates.get(bundle?.id ?? '');
  if (bundle === undefined || template === undefined) throw new Error('there is no template');
  const holderName = NAMES[index % NAMES.length] ?? '';
  const facts = factsFor(bundle, {
    holderName,
    latinName: index % 3 === 0 ? null : 'Latin Form',
    number: `INT-26-${String(index).padStart(6, '0')}`,
    courseTitle: `Цифровая педагогика ${'и практика '.repeat(index % 7)}№ ${index}`,
  });
  const pdf = await drawDiploma(facts, template, null);
  digests.push([index, createHash('sha256').update(pdf).digest('hex')]);
}
process.stdout.write(JSON.stringify(digests.sort(([a], [b]) => a - b)));
