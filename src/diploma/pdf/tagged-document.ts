import type { Face } from '../type/faces.ts';
import { letterGlyphs, notAlone } from '../type/letter-glyphs.ts';
import type { ShapedLine } from '../type/shaped-line.ts';
import { colourOperands } from './colour.ts';
import { EmbeddedFace } from './embedded-face.ts';
import { type DocumentInfo, PdfContainer } from './pdf-container.ts';
import { placeSeal, type SealRoom } from './seal-placeholder.ts';
import type { StaticImage } from './static-image.ts';
import type { StaticLayer } from './static-layer.ts';

export type Structure = PDFKit.PDFStructureElement;

/** A file attached to the diploma. */
export interface Attachment {
  name: string;
  mediaType: string;
  description: string;
  /** `Data`: the source data of the page; `Alternative`: the same content in another form (ISO 19005-3, annex E). */
  relationship: 'Data' | 'Alternative';
  bytes: Buffer;
  date: Date;
}

/** Attributes of a text element beside its type. */
export interface TextOptions {
  scope?: 'Column' | 'Row';
  /** BCP 47 tag, when it differs from the document's language. */
  lang?: string;
}

export interface RunStyle {
  size: number;
  /** Colour as `#rrggbb`. */
  colour: string;
  /** Extra space between letters, in points. Only for the template's own words, never for joined scripts. */
  spacing?: number;
}

/** How drawn pages are placed on sheets of another size: scaled, then moved by x and top, in points. */
export interface Placement {
  scale: number;
  x: number;
  top: number;
}

/** A tagged PDF (PDF/A-3a, PDF/UA-1); coordinates are points from the top left corner. */
export class TaggedDocument {
  readonly root: Structure;
  readonly #pdf: PdfContainer;
  readonly #faces = new Map<Face, EmbeddedFace>();
  readonly #layers = new Map<StaticLayer, PDFKit.PDFKitReference>();
  readonly #images = new Map<StaticImage, PDFKit.PDFKitReference>();

  readonly #letters: boolean;
  readonly #placement: Placement | null;

  /**
   * @param letters whether joined scripts are drawn with one letter on each glyph; templates of format 2 are drawn as
   * before, with silent glyphs
   * @param placement null: pages are as large as their sheets
   */
  constructor(info: DocumentInfo, letters = true, placement: Placement | null = null) {
    this.#letters = letters;
    this.#placement = placement;
    this.#pdf = new PdfContainer(info);
    this.root = this.#pdf.struct('Document');
    this.#pdf.addStructure(this.root);
  }

  addPage(): void {
    this.#pdf.addPage();
    if (this.#placement === null) return;
    const { scale, x, top } = this.#placement;
    this.#pdf.transform(scale, 0, 0, scale, x, top);
  }

  /** Draws path operators without meaning (ornaments, rules) as an artifact. */
  artifact(operators: string): void {
    this.#pdf.markContent('Artifact', { type: 'Layout' });
    this.#pdf.addContent(operators);
    this.#pdf.endMarkedContent();
  }

  /**
   * Draws a prepared layer with its top left corner at `at`. The file contains it once, however often it is shown. With
   * `alt` it is a figure; with null it is an ornament.
   */
  layer(layer: StaticLayer, at?: { x: number; top: number }, alt: string | null = null): void {
    const draw = this.#shown(layer);
    const rounded = (value: number): number => Math.round(value * 1000) / 1000;
    const [x, y] = [rounded(at?.x ?? 0), rounded(at?.top ?? 0)];
    const operators = at === undefined ? draw : `q 1 0 0 1 ${x} ${y} cm ${draw} Q`;
    if (alt === null) this.artifact(operators);
    else this.figure(this.root, alt, [x, y, layer.box.width, layer.box.height], operators);
  }

  /** Operators that draw a prepared layer with its top left corner at x, top, `scale` times as large. */
  scaled(layer: StaticLayer, x: number, top: number, scale: number): string {
    return `q ${plain(scale)} 0 0 ${plain(scale)} ${plain(x)} ${plain(top)} cm ${this.#shown(layer)} Q`;
  }

  #shown(layer: StaticLayer): string {
    const known = this.#layers.get(layer) ?? this.#pdf.stream(layerEntries(layer), layer.deflated);
    this.#layers.set(layer, known);
    return `/${this.#resource(known)} Do`;
  }

  /** Draws a prepared image that fills a box. With `alt` it is a figure; with null it is an ornament. */
  image(
    image: StaticImage,
    box: { x: number; top: number; width: number; height: number },
    alt: string | null,
    parent: Structure = this.root,
  ): void {
    const known = this.#images.get(image) ?? this.#embed(image);
    this.#images.set(image, known);
    const bottom = box.top + box.height;
    // The y axis of the page points down; that of an image points up.
    const matrix = [box.width, 0, 0, -box.height, box.x, bottom].map((value) => Math.round(value * 1000) / 1000);
    const operators = `q ${matrix.join(' ')} cm /${this.#resource(known)} Do Q`;
    if (alt === null) this.artifact(operators);
    else this.figure(parent, alt, [box.x, box.top, box.width, box.height], operators);
  }

  /** Attaches a file: it is listed among the attachments and associated with the whole document. */
  attach(attachment: Attachment): void {
    this.#pdf.attach(attachment);
  }

  /** Reserves space for a seal on the current page; call it once per document. */
  reserveSeal(room: SealRoom): void {
    placeSeal(this.#pdf, room);
  }

  #resource(object: PDFKit.PDFKitReference): string {
    const name = `X${object.id}`;
    this.#pdf.page.xobjects[name] = object;
    return name;
  }

  #embed({ width, height, colour, alpha }: StaticImage): PDFKit.PDFKitReference {
    const entries = { Type: 'XObject', Subtype: 'Image', Width: width, Height: height };
    const mask = alpha === null ? {} : { SMask: this.#pdf.stream({ ...entries, ...alpha.entries }, alpha.bytes) };
    return this.#pdf.stream({ ...entries, ...colour.entries, ...mask }, colour.bytes);
  }

  /** Paints page footers, which are not part of the text. */
  footer(draw: () => void): void {
    this.#pdf.markContent('Artifact', { type: 'Pagination' });
    draw();
    this.#pdf.endMarkedContent();
  }

  /** Adds a structure element; `fill` adds its children. */
  group(parent: Structure, type: string, fill: (element: Structure) => void): void {
    const element = this.#pdf.struct(type);
    parent.add(element);
    fill(element);
    element.end();
  }

  /** Adds a text element; `draw` paints its lines. */
  text(
    parent: Structure,
    type: string,
    lines: readonly ShapedLine[],
    draw: () => void,
    options: TextOptions = {},
  ): void {
    const turned = lines.some((line) => line.actualText === 'element');
    const actual = turned ? { actual: lines.map((line) => line.text).join(' ') } : {};
    parent.add(this.#pdf.struct(type, { ...options, ...actual }, draw));
  }

  /** Adds a figure made of path operators. */
  figure(parent: Structure, alt: string, box: [number, number, number, number], operators: string): void {
    // pdfkit transforms the boxes of links, but not these.
    const { scale, x, top } = this.#placement ?? { scale: 1, x: 0, top: 0 };
    const [left, upper] = [x + scale * box[0], top + scale * box[1]];
    const bbox: [number, number, number, number] = [left, upper, left + scale * box[2], upper + scale * box[3]];
    const options: object = { alt, bbox };
    parent.add(this.#pdf.struct('Figure', options, () => this.#pdf.addContent(operators)));
  }

  /** Adds a link: `draw` paints its text; the box is the clickable area. */
  link(parent: Structure, url: string, alt: string, box: [number, number, number, number], draw: () => void): void {
    const element = this.#pdf.struct('Link', { alt });
    parent.add(element);
    element.add(draw);
    // pdfkit writes a plain string as a PDF name; a String object becomes a PDF string.
    const contents = new String(alt) as string;
    const options: object = { Contents: contents, structParent: element };
    this.#pdf.link(...box, url, options);
    element.end();
  }

  /** Paints one line to the right of x, with its baseline at y. */
  line(line: ShapedLine, x: number, y: number, { size, colour, spacing = 0 }: RunStyle): void {
    const joined = line.actualText !== 'none';
    // A CFF face cannot hold composite glyphs.
    const letters = this.#letters && joined && line.runs.every((run) => !run.face.font.isCff);
    const span = !letters && line.actualText === 'span';
    if (span) this.#pdf.markContent('Span', { actual: line.text });
    const runs = line.runs.map((run, index) => {
      const face = this.#faceOf(run.face);
      const shown = letters
        ? face.showLetters(letterGlyphs(run), size)
        : face.show(
            this.#letters && index === 0 ? notAlone(run, line) : run.glyphs,
            size,
            line.actualText === 'element',
          );
      return `/${face.name} ${plain(size)} Tf\n${shown}`;
    });
    const spaced = spacing !== 0 && !line.joined;
    const [widen, restore] = spaced ? [`${plain(spacing)} Tc\n`, '\n0 Tc'] : ['', ''];
    // The y axis of the page points down; this matrix keeps letters upright.
    const place = `1 0 0 -1 ${plain(x)} ${plain(y)} Tm`;
    this.#pdf.addContent(`BT\n${colourOperands(colour)} rg\n${place}\n${widen}${runs.join('\n')}${restore}\nET`);
    if (span) this.#pdf.endMarkedContent();
  }

  #faceOf(face: Face): EmbeddedFace {
    const known = this.#faces.get(face) ?? new EmbeddedFace(this.#pdf, face.font, `F${this.#faces.size + 1}`);
    this.#faces.set(face, known);
    this.#pdf.page.fonts[known.name] = known.reference;
    return known;
  }

  /** Ends the document and returns its bytes. */
  async finish(): Promise<Buffer> {
    this.root.end();
    for (const face of this.#faces.values()) face.embed();
    return this.#pdf.finish();
  }
}

const plain = (value: number): string => String(Math.round(value * 1000) / 1000);

function layerEntries({ box }: StaticLayer): object {
  const entries = { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, box.width, box.height] };
  return { ...entries, Resources: {}, Filter: 'FlateDecode' };
}

/** Width of a line, in points. */
export function lineWidth(line: ShapedLine, { size, spacing = 0 }: Pick<RunStyle, 'size' | 'spacing'>): number {
  return line.width * size + (line.joined ? 0 : spacing * (line.count - 1));
}
