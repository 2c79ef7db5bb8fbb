import type { Face } from '../type/faces.ts';
import { letterGlyphs, notAlone } from '../type/letter-glyphs.ts';
import type { ShapedLine } from '../type/shaped-line.ts';
import { A4_LANDSCAPE, type DocumentInfo, finishArchival } from './archival-file.ts';
import { type Attachment, attachFile } from './attachment.ts';
import { colourOperands } from './colour.ts';
import { EmbeddedFace } from './embedded-face.ts';
import { numbers, numeral, ref, textString } from './pdf-values.ts';
import { bytesOf, PdfWriter } from './pdf-writer.ts';
import { placeSeal, type SealRoom } from './seal-placeholder.ts';
import type { StaticImage } from './static-image.ts';
import type { StaticLayer } from './static-layer.ts';

/** An element of the structure tree. */
export interface Structure {
  readonly id: number;
  readonly type: string;
  /** The entries of its dictionary except its children. */
  readonly entries: string;
  /** References to elements, and numbers of marked contents. */
  readonly kids: string[];
  /** Object number of the page on which it has contents. */
  page: number | null;
}

interface Page {
  readonly id: number;
  /** Key of the page in the parent tree. */
  readonly key: number;
  readonly content: string[];
  /** Elements by number of their marked content. */
  readonly marked: number[];
  readonly annotations: number[];
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
  readonly #file = new PdfWriter();
  readonly #info: DocumentInfo;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #tree: number;
  readonly #elements: Structure[] = [];
  /** The parent tree: the elements of each page and link, in the order of their keys. */
  readonly #parents: (readonly number[] | number)[] = [];
  readonly #pageList = this.#file.reserve();
  readonly #resources = this.#file.reserve();
  readonly #pages: Page[] = [];
  readonly #faces = new Map<Face, EmbeddedFace>();
  readonly #layers = new Map<StaticLayer, number>();
  readonly #images = new Map<StaticImage, number>();
  readonly #attachments: { name: string; id: number }[] = [];
  #form: number | null = null;
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
    this.#info = info;
    this.#size = info.page ?? A4_LANDSCAPE;
    this.#tree = this.#file.reserve();
    this.root = this.#element(this.#tree, 'Document');
  }

  #element(parent: number, type: string, more = ''): Structure {
    const id = this.#file.reserve();
    const element: Structure = { id, type, entries: `/S /${type}\n/P ${ref(parent)}${more}`, kids: [], page: null };
    this.#elements.push(element);
    return element;
  }

  #child(parent: Structure, type: string, more = ''): Structure {
    const element = this.#element(parent.id, type, more);
    parent.kids.push(ref(element.id));
    return element;
  }

  get #page(): Page {
    const page = this.#pages.at(-1);
    if (page === undefined) throw new Error('the document has no page yet');
    return page;
  }

  #draw(operators: string): void {
    this.#page.content.push(operators);
  }

  /** Draws as the contents of an element. */
  #fill(element: Structure, draw: () => void): void {
    const { id, marked } = this.#page;
    const number = marked.push(element.id) - 1;
    element.kids.push(String(number));
    element.page = id;
    this.#draw(`/${element.type} <<\n/MCID ${number}\n>> BDC`);
    draw();
    this.#draw('EMC');
  }

  addPage(): void {
    const marked: number[] = [];
    const key = this.#parents.push(marked) - 1;
    this.#pages.push({ id: this.#file.reserve(), key, content: [], marked, annotations: [] });
    // The y axis of a page points up.
    this.#draw(`1 0 0 -1 0 ${numeral(this.#size.height)} cm`);
    if (this.#placement === null) return;
    const { scale, x, top } = this.#placement;
    this.#draw(`${numeral(scale)} 0 0 ${numeral(scale)} ${numeral(x)} ${numeral(top)} cm`);
  }

  /** Draws path operators without meaning (ornaments, rules) as an artifact. */
  artifact(operators: string): void {
    this.#draw(`/Artifact <<\n/Type /Layout\n>> BDC\n${operators}\nEMC`);
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
    const { width, height } = layer.box;
    const entries = `/Type /XObject\n/Subtype /Form\n/BBox ${numbers([0, 0, width, height])}\n/Resources <<\n>>\n/Filter /FlateDecode`;
    const known = this.#layers.get(layer) ?? this.#file.stream(entries, layer.deflated);
    this.#layers.set(layer, known);
    return `/X${known} Do`;
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
    const operators = `q ${matrix.join(' ')} cm /X${known} Do Q`;
    if (alt === null) this.artifact(operators);
    else this.figure(parent, alt, [box.x, box.top, box.width, box.height], operators);
  }

  /** Attaches a file: it is listed among the attachments and associated with the whole document. */
  attach(attachment: Attachment): void {
    this.#attachments.push({ name: attachment.name, id: attachFile(this.#file, attachment) });
  }

  /** Reserves space for a seal on the current page; call it once per document. */
  reserveSeal(room: SealRoom): void {
    const { field, form } = placeSeal(this.#file, this.#page.id, room);
    this.#page.annotations.push(field);
    this.#form = form;
  }

  #embed({ width, height, colour, alpha }: StaticImage): number {
    const size = `/Type /XObject\n/Subtype /Image\n/Width ${width}\n/Height ${height}`;
    const masked = alpha === null ? '' : `\n/SMask ${ref(this.#file.stream(`${size}\n${alpha.entries}`, alpha.bytes))}`;
    return this.#file.stream(`${size}\n${colour.entries}${masked}`, colour.bytes);
  }

  /** Paints page footers, which are not part of the text. */
  footer(draw: () => void): void {
    this.#draw('/Artifact <<\n/Type /Pagination\n>> BDC');
    draw();
    this.#draw('EMC');
  }

  /** Adds a structure element; `fill` adds its children. */
  group(parent: Structure, type: string, fill: (element: Structure) => void): void {
    fill(this.#child(parent, type));
  }

  /** Adds a text element; `draw` paints its lines. */
  text(
    parent: Structure,
    type: string,
    lines: readonly ShapedLine[],
    draw: () => void,
    { scope, lang }: TextOptions = {},
  ): void {
    const turned = lines.some((line) => line.actualText === 'element');
    const actual = turned ? `\n/ActualText ${textString(lines.map((line) => line.text).join(' '))}` : '';
    const spoken = lang === undefined ? '' : `\n/Lang ${textString(lang)}`;
    const attributes = scope === undefined ? '' : `\n/A <<\n/O /Table\n/Scope /${scope}\n>>`;
    this.#fill(this.#child(parent, type, `${spoken}${actual}${attributes}`), draw);
  }

  /** Adds a figure made of path operators. */
  figure(parent: Structure, alt: string, box: readonly [number, number, number, number], operators: string): void {
    const attributes = `/A <<\n/O /Layout\n/Placement /Block\n/BBox ${numbers(this.#rectangle(box))}\n>>`;
    const element = this.#child(parent, 'Figure', `\n/Alt ${textString(alt)}\n${attributes}`);
    this.#fill(element, () => this.#draw(operators));
  }

  /** Adds a link: `draw` paints its text; the box is the clickable area. */
  link(
    parent: Structure,
    url: string,
    alt: string,
    box: readonly [number, number, number, number],
    draw: () => void,
  ): void {
    const told = textString(alt);
    const element = this.#child(parent, 'Link', `\n/Alt ${told}`);
    this.#fill(element, draw);
    const key = this.#parents.push(element.id) - 1;
    const action = `<<\n/S /URI\n/URI ${textString(url)}\n>>`;
    const id = this.#file.object(
      `<<\n/Type /Annot\n/Subtype /Link\n/Rect ${numbers(this.#rectangle(box))}\n/Border [0 0 0]\n/F 4\n/Contents ${told}\n/A ${action}\n/StructParent ${key}\n>>`,
    );
    this.#page.annotations.push(id);
    element.kids.push(`<<\n/Type /OBJR\n/Obj ${ref(id)}\n/Pg ${ref(this.#page.id)}\n>>`);
  }

  /** A box (left, top, width, height) as two corners of the sheet, from its lower left corner. */
  #rectangle([left, top, width, height]: readonly [number, number, number, number]): number[] {
    const placed = this.#placement ?? { scale: 1, x: 0, top: 0 };
    const x = placed.x + placed.scale * left;
    const y = this.#size.height - placed.top - placed.scale * top;
    return [x, y - placed.scale * height, x + placed.scale * width, y];
  }

  /** Paints one line to the right of x, with its baseline at y. */
  line(line: ShapedLine, x: number, y: number, { size, colour, spacing = 0 }: RunStyle): void {
    const joined = line.actualText !== 'none';
    // A CFF face cannot hold composite glyphs.
    const letters = this.#letters && joined && line.runs.every((run) => !run.face.font.isCff);
    const span = !letters && line.actualText === 'span';
    if (span) this.#draw(`/Span <<\n/ActualText ${textString(line.text)}\n>> BDC`);
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
    this.#draw(`BT\n${colourOperands(colour)} rg\n${place}\n${widen}${runs.join('\n')}${restore}\nET`);
    if (span) this.#draw('EMC');
  }

  #faceOf(face: Face): EmbeddedFace {
    const known = this.#faces.get(face) ?? new EmbeddedFace(this.#file, face.font, `F${this.#faces.size + 1}`);
    this.#faces.set(face, known);
    return known;
  }

  /** Ends the document and returns its bytes. */
  async finish(): Promise<Buffer> {
    const file = this.#file;
    for (const face of this.#faces.values()) face.embed();
    for (const page of this.#pages) this.#writePage(page);
    const kids = this.#pages.map(({ id }) => ref(id)).join(' ');
    file.object(`<<\n/Type /Pages\n/Count ${this.#pages.length}\n/Kids [${kids}]\n>>`, this.#pageList);
    const fonts = [...this.#faces.values()].map(({ name, id }) => `/${name} ${ref(id)}\n`);
    const objects = [...this.#layers.values(), ...this.#images.values()].map((id) => `/X${id} ${ref(id)}\n`);
    file.object(`<<\n/Font <<\n${fonts.join('')}>>\n/XObject <<\n${objects.join('')}>>\n>>`, this.#resources);
    for (const { id, entries, kids: children, page } of this.#elements)
      file.object(`<<\n${entries}\n/K [${children.join(' ')}]${page === null ? '' : `\n/Pg ${ref(page)}`}\n>>`, id);
    const parents = this.#parents.map(
      (one, key) => `${key} ${typeof one === 'number' ? ref(one) : `[${one.map(ref).join(' ')}]`}`,
    );
    file.object(
      `<<\n/Type /StructTreeRoot\n/K [${ref(this.root.id)}]\n/ParentTree <<\n/Nums [${parents.join('\n')}]\n>>\n/ParentTreeNextKey ${parents.length}\n>>`,
      this.#tree,
    );
    const [pages, structure, attachments, form] = [this.#pageList, this.#tree, this.#attachments, this.#form];
    return finishArchival(file, this.#info, { pages, structure, attachments, form });
  }

  #writePage({ id, key, content, annotations }: Page): void {
    const { width, height } = this.#size;
    const contents = this.#file.deflated('', bytesOf(content.join('\n')));
    const listed = annotations.length === 0 ? '' : `\n/Annots [${annotations.map(ref).join(' ')}]`;
    this.#file.object(
      `<<\n/Type /Page\n/Parent ${ref(this.#pageList)}\n/MediaBox ${numbers([0, 0, width, height])}\n/Resources ${ref(this.#resources)}\n/Contents ${ref(contents)}\n/StructParents ${key}\n/Tabs /S${listed}\n>>`,
      id,
    );
  }
}

const plain = (value: number): string => String(Math.round(value * 1000) / 1000);

/** Width of a line, in points. */
export function lineWidth(line: ShapedLine, { size, spacing = 0 }: Pick<RunStyle, 'size' | 'spacing'>): number {
  return line.width * size + (line.joined ? 0 : spacing * (line.count - 1));
}
