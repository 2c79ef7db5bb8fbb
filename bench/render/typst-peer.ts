import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { faceNames } from '../../src/diploma/template/template-definition.ts';
import { benchFacts, type Line, peerContent, TEMPLATES_DIR } from './content.ts';
import { loadPeer } from './peers.ts';
import type { Tool } from './tool.ts';

interface Compiler {
  mapShadow(path: string, content: Buffer): void;
  compile(options: { mainFileContent: string; inputs: Record<string, string> }): {
    result: unknown;
    printDiagnostics(): void;
  };
  pdf(document: unknown): Buffer;
  evictCache(maxAge: number): void;
}
interface Package {
  NodeCompiler: { create(options: { workspace: string; fontArgs: object[] }): Compiler };
}

/** Family and weight of the faces by role, in Typst's syntax. */
const FACES: Record<Line['role'], string> = {
  display: 'font: "Noto Serif Display", weight: 500',
  text: 'font: "Noto Serif", weight: 400',
  label: 'font: "Noto Sans", weight: 400',
  strong: 'font: "Noto Sans", weight: 600',
};

const SOURCE = `
#let d = json(bytes(sys.inputs.d))
#let role = (${Object.entries(FACES)
  .map(([name, face]) => `${name}: (${face})`)
  .join(', ')})
#set document(title: d.title, date: none)
#set page(width: 841.89pt, height: 595.28pt, margin: 0pt)
#set text(lang: d.language)
#let line(l) = place(top + left, dx: l.x * 1pt, dy: l.top * 1pt,
  box(width: l.width * 1pt, align(if l.align == "left" { left } else if l.align == "right" { right } else { center },
    text(size: l.size * 1pt, fill: rgb(l.colour), tracking: l.spacing * 1pt, ..role.at(l.role), l.text))))
#let cell(style, size, colour, it) = text(size: size, fill: rgb(colour), ..role.at(style), it)

#page(background: { place(image("rosette.svg", width: 100%)); place(image("frame.svg", width: 100%)) })[
  #for l in d.first { line(l) }
  #place(top + left, dx: d.qr.x * 1pt, dy: d.qr.top * 1pt,
    image(bytes(d.qr.svg), format: "svg", width: d.qr.side * 1pt, alt: d.title))
]
#page(background: place(image("frame-following.svg", width: 100%)))[
  #for l in d.following { line(l) }
  #place(top + left, dx: 96pt, dy: 128pt, box(width: 650pt, table(
    columns: (580pt, 70pt), align: (left, right), inset: 5.6pt,
    stroke: (x, y) => (bottom: 0.6pt + rgb(d.palette.tint)),
    table.header(..d.table.head.map(it => cell("strong", 9pt, d.palette.muted, it))),
    ..d.table.rows.flatten().map(it => cell("text", 10.5pt, d.palette.ink, it)),
    ..d.table.total.map(it => cell("strong", 10.5pt, d.palette.primary, it)),
  )))
]
`;

/** Typst (Apache-2.0) in this process. Its cache is aged by one document each time, as its authors recommend. */
export async function openTypst(bundle: TemplateBundle): Promise<Tool> {
  const { NodeCompiler } = loadPeer<Package>('@myriaddreamin/typst-ts-node-compiler');
  const blobs = await Promise.all(
    faceNames(bundle.definition).map((name) => readFile(join(TEMPLATES_DIR, 'fonts', name))),
  );
  const workspace = resolve('bench', 'render');
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: blobs }] });
  for (const file of bundle.files) {
    const picture = file.bytes
      .toString('utf8')
      .replace(/\{(\w+)\}/g, (_, name: string) => bundle.definition.palette[name] ?? '');
    compiler.mapShadow(join(workspace, file.name), Buffer.from(picture));
  }
  return {
    name: 'Typst 0.7.0 in process',
    every: 1,
    draw(number) {
      const content = peerContent(benchFacts(bundle, number, null), bundle);
      const { path, modules } = content.qr;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${modules} ${modules}"><path d="${path}"/></svg>`;
      const inputs = { d: JSON.stringify({ ...content, qr: { ...content.qr, svg } }) };
      const compiled = compiler.compile({ mainFileContent: SOURCE, inputs });
      if (compiled.result === null || compiled.result === undefined) {
        compiled.printDiagnostics();
        throw new Error('Typst does not compile the diploma');
      }
      const pdf = compiler.pdf(compiled.result);
      compiler.evictCache(10);
      return pdf;
    },
  };
}
