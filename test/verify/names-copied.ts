import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import { factsFor, TEMPLATES_DIR } from '../diploma/sample-facts.ts';
import { SCRIPTS } from './names.ts';
import { holdsName, READERS } from './readers.ts';

/**
 * `npm run verify:copying [-- READER ...]`: draws every sample name, lets the programs that people copy text with read
 * the page, and shows for each reader and script how many names come back as one string in the order in which they
 * are written. Exit code 1 when the table is not the expected one. `-v` prints what was read instead of a name.
 */

/**
 * Number of names that come back, by reader and script, where it is not all of them: readers that leave letters in
 * visual order, a joiner that pdf.js leaves out, and names of two directions.
 */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  poppler: { mixed: 1 },
  layout: { mixed: 1 },
  raw: { hebrew: 0, arabic: 0, persian: 0, mixed: 2 },
  tsv: { hebrew: 0, arabic: 0, persian: 0, mixed: 1 },
  pdfjs: { persian: 1, mixed: 2 },
  pdfium: { mixed: 2 },
  mupdf: { hebrew: 0, arabic: 0, persian: 0, mixed: 2 },
  mutool: { hebrew: 0, arabic: 0, persian: 0, mixed: 1 },
  pypdf: { mixed: 2 },
  pdfminer: { hebrew: 0, arabic: 0, persian: 0, mixed: 1 },
  pdfbox: { mixed: 2 },
  resaved: { mixed: 1 },
};

const chosen = process.argv.slice(2).filter((one) => !one.startsWith('-'));
const verbose = process.argv.includes('-v');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const scratch = await mkdtemp(join(tmpdir(), 'gramota-names-'));
try {
  const bundles = await loadTemplates(TEMPLATES_DIR);
  const templates = bundles.map((bundle) => ({ bundle, prepared: new PreparedTemplate(bundle) }));
  const files: { path: string; script: string; name: string }[] = [];
  for (const { id, names } of SCRIPTS) {
    for (const [index, { native, latin }] of names.entries()) {
      const template = templates[index % templates.length];
      if (template === undefined) throw new Error('there are no templates');
      const holderName = native.normalize('NFC');
      const path = join(scratch, `${id}-${index}.pdf`);
      const facts = factsFor(template.bundle, { holderName, latinName: latin });
      await writeFile(path, await drawDiploma(facts, template.prepared, null));
      files.push({ path, script: id, name: native });
    }
  }
  say(`${''.padEnd(10)}${SCRIPTS.map(({ id }) => id.padStart(11)).join('')}`);
  const paths = files.map(({ path }) => path);
  for (const reader of READERS.filter(({ id }) => chosen.length === 0 || chosen.includes(id))) {
    const texts = await reader.read(paths, scratch);
    const lost = files.filter(({ name }, index) => !holdsName(texts[index] ?? '', name));
    if (verbose) for (const one of lost) say(`${one.name}: ${JSON.stringify(texts[files.indexOf(one)])}`);
    const cells = SCRIPTS.map(({ id, names }) => {
      const held = names.length - lost.filter(({ script }) => script === id).length;
      const expected = EXPECTED[reader.id]?.[id] ?? names.length;
      if (held !== expected) process.exitCode = 1;
      const cell = held === names.length ? 'ok' : `${held} of ${names.length}`;
      return held === expected ? cell : `${cell} !`;
    });
    say(`${reader.id.padEnd(10)}${cells.map((cell) => cell.padStart(11)).join('')}  ${reader.tool}`);
  }
  say(process.exitCode === 1 ? 'cells with "!" are not as expected' : 'all as expected');
} finally {
  await rm(scratch, { recursive: true });
}
