import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import he from 'he';
import { openBrowser } from '../browser/open-browser.ts';

const run = promisify(execFile);

/** A tool that damages names, as real programs do: returns the damaged names in the order of the originals. */
export interface Damage {
  tool: string;
  apply: (names: readonly string[]) => Promise<string[]> | string[];
}

/** Runs a program over all names at once, one per line. */
async function overLines(command: string, args: readonly string[], input: Buffer): Promise<Buffer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(input);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const lines = (names: readonly string[]) => Buffer.from(`${names.join('\n')}\n`);
const read = (bytes: Buffer) => bytes.toString('utf8').split('\n').slice(0, -1);

/** Encodes in a national character set, with a question mark for each missing letter. */
const inSet = (set: string, input: Buffer) =>
  overLines(
    'python3',
    ['-c', `import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read().decode().encode('${set}', 'replace'))`],
    input,
  );

/**
 * Decodes bytes of the character set `own` as `shown`, several times. Undefined characters are dropped (`-c`), as many
 * programs do.
 */
function iconv(own: string, shown: string, times = 1): Damage {
  const twice = times > 1 ? ` ×${times}` : '';
  return {
    tool: `iconv ${own} read as ${shown}${twice}`,
    apply: async (names) => {
      let bytes: Buffer = lines(names);
      for (let time = 0; time < times; time++) {
        if (own !== 'UTF-8') bytes = await inSet(own, bytes);
        bytes = await overLines('iconv', ['-c', '-f', shown, '-t', 'UTF-8'], bytes);
      }
      return read(bytes);
    },
  };
}

/** Saves in a national character set and reads back: missing letters become question marks. */
const throughSet = (set: string): Damage => ({
  tool: `iconv through ${set}`,
  apply: async (names) => read(await overLines('iconv', ['-f', set, '-t', 'UTF-8'], await inSet(set, lines(names)))),
});

/** A web page in one character set, whose form data a server decodes with another one. */
const form = (page: string, server: string): Damage => ({
  tool: `form of a ${page} page read as ${server}`,
  apply: async (names) => {
    let posted = Buffer.alloc(0);
    const http = createServer(async (request, response) => {
      if (request.method === 'POST') {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(Buffer.from(chunk));
        posted = Buffer.concat(chunks);
      }
      response.setHeader('content-type', `text/html; charset=${page}`);
      response.end('<form method=post action=/></form>');
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const browser = await openBrowser();
    try {
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
      // Returns the text of the page in the browser; this compiler setup has no DOM types.
      await Promise.all([
        tab.waitForURL('**/', { waitUntil: 'load' }),
        tab.evaluate(
          `((names) => {
             const fields = document.createDocumentFragment();
             for (const name of names) { const field = document.createElement('input'); field.type = 'hidden'; field.name = 'n'; field.value = name; fields.append(field); }
             document.forms[0].append(fields);
             document.forms[0].submit(); })(${JSON.stringify(names)})`,
        ),
      ]);
      await tab.waitForFunction('document.readyState === "complete"');
    } finally {
      await browser.close();
      http.close();
    }
    const fields = posted
      .toString('latin1')
      .split('&')
      .map((pair) => pair.slice(2));
    if (server === 'nothing') return fields;
    return fields.map((field) => {
      const bytes = Buffer.from(
        field
          .replaceAll('+', ' ')
          .replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      );
      return new TextDecoder(server).decode(bytes);
    });
  },
});

/** Ids of character sets in LibreOffice's filter options. */
const OFFICE_SETS = { 'windows-1252': 1, 'windows-1251': 34, 'KOI8-R': 74, 'UTF-8': 76, IBM866: 30 } as const;
type OfficeSet = keyof typeof OFFICE_SETS;

/**
 * Opens a table in a spreadsheet with one character set and saves it with another; the LMS reads it as UTF-8 or
 * windows-1251.
 */
const office = (written: OfficeSet, opened: OfficeSet): Damage => ({
  tool: `LibreOffice: ${written} opened as ${opened}`,
  apply: async (names) => {
    const folder = await mkdtemp(join(tmpdir(), 'gramota-names-'));
    try {
      const convert = async (from: string, to: string, inSet: OfficeSet, outSet: OfficeSet) => {
        await run('soffice', [
          `-env:UserInstallation=file://${folder}/profile`,
          ...['--headless', `--infilter=CSV:9,34,${OFFICE_SETS[inSet]},1,1/2`],
          ...['--convert-to', `csv:Text - txt - csv (StarCalc):9,34,${OFFICE_SETS[outSet]},1`],
          ...['--outdir', join(folder, to), join(folder, from)],
        ]);
      };
      await writeFile(join(folder, 'names.csv'), lines(names));
      let from = 'names.csv';
      if (written !== 'UTF-8') {
        await convert(from, 'written', 'UTF-8', written);
        from = 'written/names.csv';
      }
      if (opened === written)
        return read(await overLines('iconv', ['-f', written, '-t', 'UTF-8'], await readFile(join(folder, from))));
      await convert(from, 'opened', opened, 'UTF-8');
      return read(await readFile(join(folder, 'opened', 'names.csv')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

const python = (tool: string, expression: string): Damage => ({
  tool,
  apply: async (names) =>
    read(
      await overLines(
        'python3',
        [
          '-c',
          `import sys,json,html,quopri,email.header,urllib.parse\nfor line in sys.stdin.buffer.read().decode().splitlines():\n n=line\n print(${expression})`,
        ],
        lines(names),
      ),
    ),
});

const cells = (tool: string, cell: (name: string) => string): Damage => ({ tool, apply: (names) => names.map(cell) });

/** All ways of damage, by programs that share no code with the detector's tables. */
export const DAMAGES: readonly Damage[] = [
  ...['CP1251', 'CP1252', 'KOI8-R', 'ISO-8859-1', 'CP866', 'MACINTOSH', 'CP437', 'CP850', 'CP852', 'ISO-8859-5'].map(
    (shown) => iconv('UTF-8', shown),
  ),
  ...['CP1250', 'CP1253', 'CP1254', 'ISO-8859-9', 'KOI8-U', 'ISO-8859-15', 'MAC-CYRILLIC'].map((shown) =>
    iconv('UTF-8', shown),
  ),
  iconv('UTF-8', 'CP1252', 2),
  iconv('UTF-8', 'CP1251', 2),
  iconv('UTF-8', 'ISO-8859-1', 2),
  ...[
    ['CP1251', 'CP1252'],
    ['CP1251', 'ISO-8859-1'],
    ['CP1251', 'KOI8-R'],
    ['CP1251', 'CP866'],
    ['CP1251', 'CP850'],
  ].map(([own = '', shown = '']) => iconv(own, shown)),
  ...[
    ['KOI8-R', 'CP1251'],
    ['KOI8-R', 'CP1252'],
    ['CP866', 'CP1251'],
    ['CP866', 'CP1252'],
    ['CP866', 'CP437'],
  ].map(([own = '', shown = '']) => iconv(own, shown)),
  ...['CP1251', 'CP1252', 'ISO-8859-1', 'ASCII'].map(throughSet),
  form('utf-8', 'windows-1251'),
  form('utf-8', 'windows-1252'),
  form('utf-8', 'koi8-r'),
  form('windows-1251', 'utf-8'),
  form('windows-1251', 'windows-1252'),
  form('windows-1251', 'windows-1251'),
  form('utf-8', 'nothing'),
  form('windows-1251', 'nothing'),
  office('UTF-8', 'windows-1251'),
  office('UTF-8', 'windows-1252'),
  office('UTF-8', 'KOI8-R'),
  office('windows-1251', 'windows-1252'),
  office('windows-1251', 'windows-1251'),
  cells('a quoted cell, its quotes kept', (name) => stringify([[name]], { quoted: true }).trimEnd()),
  cells('a formula of text, as Excel imports', (name) => `="${name}"`),
  cells('encodeURIComponent', (name) => encodeURIComponent(name)),
  cells('URLSearchParams', (name) => new URLSearchParams({ n: name }).toString().slice(2)),
  cells('he, named', (name) => he.encode(name, { useNamedReferences: true })),
  cells('he, numbers', (name) => he.encode(name)),
  cells('he, escaped twice', (name) => he.escape(he.encode(name))),
  python('Python html.escape', 'html.escape(n)'),
  python('Python json.dumps', 'json.dumps(n)[1:-1]'),
  python('Python repr of bytes', 'repr(n.encode())'),
  python('Python quopri', "quopri.encodestring(n.encode()).decode().replace('=\\n','')"),
  python('Python mail header', "email.header.Header(n,'utf-8',maxlinelen=9999).encode()"),
  python('Python quote of windows-1251', "urllib.parse.quote(n.encode('cp1251','replace'))"),
];
