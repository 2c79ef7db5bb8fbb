import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as fontkit from 'fontkit';
import type { StaticLayer } from '../../src/diploma/pdf/static-layer.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { benchFacts, type Line, peerContent, TEMPLATES_DIR } from './content.ts';
import { loadPeer } from './peers.ts';
import type { Tool } from './tool.ts';

interface Font {
  widthOfTextAtSize(text: string, size: number): number;
}
interface Page {
  node: { setXObject(name: unknown, reference: unknown): void };
  pushOperators(...operators: unknown[]): void;
  drawText(text: string, options: object): void;
  drawLine(options: object): void;
  drawSvgPath(path: string, options: object): void;
}
interface Document {
  context: { stream(bytes: Uint8Array, entries: object): unknown; register(object: unknown): unknown };
  registerFontkit(fontkit: unknown): void;
  embedFont(bytes: Uint8Array, options: { subset: boolean }): Promise<Font>;
  addPage(size: [number, number]): Page;
  setTitle(title: string): void;
  setLanguage(language: string): void;
  save(): Promise<Uint8Array>;
}
interface Package {
  PDFDocument: { create(): Promise<Document> };
  PDFName: { of(name: string): unknown };
  rgb(red: number, green: number, blue: number): unknown;
  drawObject(name: string): unknown;
  pushGraphicsState(): unknown;
  popGraphicsState(): unknown;
  concatTransformationMatrix(...matrix: number[]): unknown;
  setCharacterSpacing(points: number): unknown;
}

const [WIDTH, HEIGHT] = [841.89, 595.28];
const ROLES: readonly Line['role'][] = ['display', 'text', 'label', 'strong'];

/**
 * fontkit 2 with pdf-lib's interface. pdf-lib's own fork (1.1.1) loses most letters of these faces when it makes
 * subsets.
 */
const FONTKIT = {
  create(bytes: Uint8Array): unknown {
    const font = fontkit.create(Buffer.from(bytes)) as fontkit.Font;
    const subsetOf = font.createSubset.bind(font);
    return Object.assign(font, {
      createSubset() {
        const subset = subsetOf();
        return Object.assign(subset, { encodeStream: () => Readable.from([subset.encode()]) });
      },
    });
  },
};

/** pdf-lib (MIT). Faces are embedded again for each document, because shared ones damage the text layer. */
export async function openPdfLib(bundle: TemplateBundle): Promise<Tool> {
  const lib = loadPeer<Package>('pdf-lib');
  const prepared = new PreparedTemplate(bundle);
  const faces = await Promise.all(
    ROLES.map((role) => readFile(join(TEMPLATES_DIR, 'fonts', bundle.definition.faces[role][0] ?? ''))),
  );
  const colour = (hex: string): unknown => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
      (from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255,
    );
    return lib.rgb(red, green, blue);
  };
  /** The template's line art, deflated once; pdf-lib alone would be slower. */
  const background = (document: Document, page: Page, layers: readonly StaticLayer[]): void => {
    for (const [index, { deflated, box }] of layers.entries()) {
      const entries = { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, box.width, box.height], Filter: 'FlateDecode' };
      const name = `Art${index}`;
      page.node.setXObject(lib.PDFName.of(name), document.context.register(document.context.stream(deflated, entries)));
      const flipped = lib.concatTransformationMatrix(1, 0, 0, -1, 0, HEIGHT);
      page.pushOperators(lib.pushGraphicsState(), flipped, lib.drawObject(name), lib.popGraphicsState());
    }
  };
  return {
    name: 'pdf-lib 1.17.1, fontkit 2',
    every: 20,
    async draw(number) {
      const content = peerContent(benchFacts(bundle, number, null), bundle);
      const document = await lib.PDFDocument.create();
      document.registerFontkit(FONTKIT);
      document.setTitle(content.title);
      document.setLanguage(content.language);
      const fonts = new Map<Line['role'], Font>();
      for (const [index, role] of ROLES.entries())
        fonts.set(role, await document.embedFont(faces[index] ?? Buffer.alloc(0), { subset: true }));
      const write = (page: Page, { text, role, size, colour: tone, align, x, top, width, spacing }: Line): void => {
        const font = fonts.get(role);
        if (font === undefined) throw new Error(`no face for ${role}`);
        const slack = width - font.widthOfTextAtSize(text, size) - spacing * ([...text].length - 1);
        const from = align === 'left' ? x : align === 'right' ? x + slack : x + slack / 2;
        page.pushOperators(lib.setCharacterSpacing(spacing));
        page.drawText(text, { x: from, y: HEIGHT - top - size * 0.8, size, font, color: colour(tone) });
      };
      const first = document.addPage([WIDTH, HEIGHT]);
      background(document, first, [prepared.layer('first')]);
      for (const line of content.first) write(first, line);
      const { path, modules, x, top, side } = content.qr;
      first.drawSvgPath(path, { x, y: HEIGHT - top, scale: side / modules, color: lib.rgb(0, 0, 0) });
      const second = document.addPage([WIDTH, HEIGHT]);
      background(document, second, [prepared.layer('following')]);
      for (const line of content.following) write(second, line);
      const { head, rows, total } = content.table;
      const { palette } = content;
      for (const [index, [title, hours]] of [head, ...rows, total].entries()) {
        const strong = index === 0 || index === rows.length + 1;
        const look = {
          role: strong ? 'strong' : 'text',
          size: 10.5,
          colour: palette['ink'] ?? '#000000',
          spacing: 0,
        } as const;
        const place = { top: 134 + index * 21, x: 100, width: 642 };
        write(second, { ...look, ...place, text: title, align: 'left' });
        write(second, { ...look, ...place, text: hours, align: 'right' });
        const y = HEIGHT - place.top - 16;
        const rule = {
          start: { x: 96, y },
          end: { x: 746, y },
          thickness: 0.6,
          color: colour(palette['tint'] ?? '#000000'),
        };
        second.drawLine(rule);
      }
      return document.save();
    },
  };
}
