import { colourOperands } from '../pdf/colour.ts';
import { RecentCache } from '../recent-cache.ts';
import { GEOMETRY, type Matrix, outline, pathOperators, pdfNumber, readTransform } from './svg-path.ts';
import { readSvgTree, type SvgElement } from './svg-tree.ts';

/** Line art ready to draw; its operators cover `width` by `height`, y grows downwards. */
export interface SvgArt {
  width: number;
  height: number;
  operators: string;
}

/** Colours that a file may name in braces. */
export type Palette = Readonly<Record<string, string>>;

interface Paint {
  fill: string;
  stroke: string;
  'fill-rule': string;
  'stroke-width': string;
  'stroke-linecap': string;
  'stroke-linejoin': string;
  'stroke-miterlimit': string;
  'stroke-dasharray': string;
}
type PaintName = keyof Paint;

const INITIAL: Paint = {
  fill: '#000000',
  stroke: 'none',
  'fill-rule': 'nonzero',
  'stroke-width': '1',
  'stroke-linecap': 'butt',
  'stroke-linejoin': 'miter',
  'stroke-miterlimit': '4',
  'stroke-dasharray': 'none',
};
const CAPS = ['butt', 'round', 'square'];
const JOINS = ['miter', 'round', 'bevel'];
/** PDF/A line art has no opacity, but editors write these attributes even for opaque shapes. */
const OPACITY = /^(?:fill-|stroke-)?opacity$/;
/** Maximum characters of operators per image; more means a mistake with `use` or a traced photograph. */
const MOST = 2_000_000;
const DEEPEST = 60;
const MEND: Readonly<Record<string, string>> = {
  text: 'convert the text to paths, or write it in template.yaml',
  image: 'list the image under "images" in template.yaml',
  style: 'write fill="…" and stroke="…" in the elements',
  clipPath: 'cut the shapes instead of using a mask or clip path',
  mask: 'cut the shapes instead of using a mask or clip path',
  linearGradient: 'use a single colour',
  radialGradient: 'use a single colour',
  filter: 'draw it without the effect',
};

const isNumber = (text: string): boolean => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:px|pt)?$/i.test(text.trim());

/** Walks the elements of one file and writes path operators. */
class Painter {
  readonly faults: string[] = [];
  readonly #file: string;
  readonly #palette: Palette;
  readonly #byId = new Map<string, SvgElement>();
  readonly #parts: string[] = [];
  /** Known graphics state, by depth of `q`. */
  #states: Partial<Record<PaintName, string>>[] = [{}];
  #length = 0;

  constructor(file: string, palette: Palette, root: SvgElement) {
    this.#file = file;
    this.#palette = palette;
    this.#index(root);
  }

  get operators(): string {
    return this.#parts.join('\n');
  }

  fault(element: SvgElement, text: string): void {
    const fault = `${this.#file}:${element.line}: <${element.name}>: ${text}`;
    if (!this.faults.includes(fault)) this.faults.push(fault);
  }

  /** Paints the root element; read `operators` and `faults` afterwards. */
  draw(root: SvgElement): void {
    this.#painted(root, INITIAL, 0);
    if (this.#length > MOST) this.fault(root, `its lines need more than ${MOST / 1e6} MB: simplify the drawing`);
  }

  #child(element: SvgElement, inherited: Paint, depth: number): void {
    const names = ['g', 'use', 'defs', ...Object.keys(GEOMETRY)];
    if (!names.includes(element.name)) {
      const mend = MEND[element.name] ?? 'remove it';
      this.fault(element, `cannot be drawn, only ${names.join(', ')} can: ${mend}`);
    } else if (depth > DEEPEST)
      this.fault(element, `nested more than ${DEEPEST} levels deep: check whether a <use> contains itself`);
    else this.#painted(element, inherited, depth);
  }

  #painted(element: SvgElement, inherited: Paint, depth: number): void {
    // Elements that paint nothing count too: nested <use> elements grow exponentially.
    this.#length += 8;
    if (this.#length > MOST) return;
    const paint = this.#paintOf(element, inherited);
    const matrix = this.#matrixOf(element);
    if (matrix !== null) {
      this.#write(`q ${matrix.map((value) => String(+value.toFixed(6))).join(' ')} cm`);
      this.#states.push({ ...this.#states.at(-1) });
    }
    if (element.name in GEOMETRY) this.#shape(element, paint);
    else if (element.name === 'use') this.#use(element, paint, depth);
    else {
      for (const child of element.children) if (child.name !== 'defs') this.#child(child, paint, depth + 1);
    }
    if (matrix === null) return;
    this.#states.pop();
    this.#write('Q');
  }

  #index(element: SvgElement): void {
    const id = element.attributes.get('id');
    if (id !== undefined) this.#byId.set(id, element);
    for (const child of element.children) this.#index(child);
  }

  #write(operators: string): void {
    this.#parts.push(operators);
    this.#length += operators.length;
  }

  #number(element: SvgElement, name: string): number {
    const text = element.attributes.get(name);
    if (text === undefined) return 0;
    if (isNumber(text)) return Number.parseFloat(text);
    this.fault(element, `${name}="${text}" is not a plain number: write a number without a unit`);
    return 0;
  }

  #matrixOf(element: SvgElement): Matrix | null {
    const text = element.attributes.get('transform');
    const moved = element.name === 'use' && (element.attributes.has('x') || element.attributes.has('y'));
    const shift = moved ? `translate(${this.#number(element, 'x')} ${this.#number(element, 'y')})` : '';
    if (text === undefined && shift === '') return null;
    const matrix = readTransform(`${text ?? ''} ${shift}`);
    if (matrix === null) this.fault(element, `transform="${text}" cannot be read: write translate(…), rotate(…), …`);
    return matrix;
  }

  #use(element: SvgElement, paint: Paint, depth: number): void {
    const href = element.attributes.get('href') ?? element.attributes.get('xlink:href') ?? '';
    const target = href.startsWith('#') ? this.#byId.get(href.slice(1)) : undefined;
    if (target === undefined)
      this.fault(element, `href="${href}" is not the id of an element in this file: correct it`);
    else this.#child(target, paint, depth + 1);
  }

  /** The paint of an element: its attributes and `style`, else inherited values. Any other attribute is a fault. */
  #paintOf(element: SvgElement, inherited: Paint): Paint {
    const paint: Paint = { ...inherited };
    const own = GEOMETRY[element.name] ?? [];
    const known = new Set(['id', 'class', 'transform', 'style', ...own]);
    if (element.name === 'svg') for (const name of ['viewBox', 'width', 'height', 'version']) known.add(name);
    if (element.name === 'use') for (const name of ['x', 'y', 'href', 'xlink:href']) known.add(name);
    const styles = (element.attributes.get('style') ?? '').split(';').flatMap((rule): [string, string][] => {
      const [name = '', value = ''] = rule.split(':').map((part) => part.trim());
      return name === '' ? [] : [[name, value]];
    });
    for (const [name, value] of [...element.attributes, ...styles]) {
      if (name in INITIAL) paint[name as PaintName] = this.#checked(element, name as PaintName, value.trim());
      else if (OPACITY.test(name)) {
        if (Number(value) !== 1)
          this.fault(element, `${name}="${value}": transparency is not supported: use a lighter colour`);
      } else if (!known.has(name)) this.fault(element, `${name} is not supported: remove it`);
    }
    return paint;
  }

  #checked(element: SvgElement, name: PaintName, value: string): string {
    const wrong = (mend: string): string => {
      this.fault(element, `${name}="${value}": ${mend}`);
      return INITIAL[name];
    };
    if (name === 'fill' || name === 'stroke') {
      if (value === 'none' || /^#[0-9a-f]{6}$/i.test(value)) return value;
      if (/^#[0-9a-f]{3}$/i.test(value)) return value.replace(/[0-9a-f]/gi, '$&$&');
      if (value === 'black' || value === 'white') return value === 'black' ? '#000000' : '#ffffff';
      const named = /^\{(.*)\}$/.exec(value)?.[1];
      const colour = named === undefined ? undefined : this.#palette[named];
      const names = Object.keys(this.#palette).map((key) => `{${key}}`);
      return colour ?? wrong(`write "#rrggbb", "none" or a colour of the palette (${names.join(', ')})`);
    }
    const choices = { 'fill-rule': ['nonzero', 'evenodd'], 'stroke-linecap': CAPS, 'stroke-linejoin': JOINS };
    if (name in choices) {
      const words = choices[name as keyof typeof choices];
      return words.includes(value) ? value : wrong(`write ${words.join(', ')}`);
    }
    if (name === 'stroke-dasharray') {
      if (value === 'none' || value.split(/[\s,]+/).every(isNumber)) return value;
      return wrong('write the lengths of dashes and gaps as numbers');
    }
    return isNumber(value) && Number.parseFloat(value) >= 0
      ? String(Number.parseFloat(value))
      : wrong('write a number');
  }

  #shape(element: SvgElement, paint: Paint): void {
    const data = outline(element, (name) => this.#number(element, name));
    const path = pathOperators(data);
    if ('fault' in path) {
      this.fault(element, `its outline cannot be read: ${path.fault}`);
      return;
    }
    const [fills, strokes] = [paint.fill !== 'none', paint.stroke !== 'none' && paint['stroke-width'] !== '0'];
    if (path.operators === '' || !(fills || strokes)) return;
    if (fills) this.#set('fill', paint.fill, `${colourOperands(paint.fill)} rg`);
    if (strokes) this.#pen(paint);
    const rule = fills && paint['fill-rule'] === 'evenodd' ? '*' : '';
    this.#write(`${path.operators} ${fills ? (strokes ? 'B' : 'f') : 'S'}${rule}`);
  }

  #pen(paint: Paint): void {
    const dashes = paint['stroke-dasharray'] === 'none' ? '' : paint['stroke-dasharray'].replace(/[\s,]+/g, ' ');
    this.#set('stroke', paint.stroke, `${colourOperands(paint.stroke)} RG`);
    this.#set('stroke-width', paint['stroke-width'], `${pdfNumber(Number(paint['stroke-width']))} w`);
    this.#set('stroke-linecap', paint['stroke-linecap'], `${CAPS.indexOf(paint['stroke-linecap'])} J`);
    this.#set('stroke-linejoin', paint['stroke-linejoin'], `${JOINS.indexOf(paint['stroke-linejoin'])} j`);
    this.#set('stroke-miterlimit', paint['stroke-miterlimit'], `${paint['stroke-miterlimit']} M`);
    this.#set('stroke-dasharray', paint['stroke-dasharray'], `[${dashes}] 0 d`);
  }

  #set(name: PaintName, value: string, operator: string): void {
    const state = this.#states.at(-1);
    if (state === undefined || state[name] === value) return;
    state[name] = value;
    this.#write(operator);
  }
}

/** Cache of this thread by palette and contents; templates of one family share images. */
const known = new RecentCache<SvgArt>(64);

/**
 * Converts the documented subset of SVG (`templates/README.md`) to path operators.
 * @param file the name that faults begin with
 * @param palette colours by name as `#rrggbb`; the file may name them in braces
 * @returns the image, or all faults as `file:line: fault and advice`
 */
export function readSvg(file: string, source: string, palette: Palette): { art: SvgArt } | { faults: string[] } {
  const key = `${JSON.stringify(palette)}\n${source}`;
  const drawn = known.get(key);
  if (drawn !== undefined) return { art: drawn };
  const tree = readSvgTree(source);
  if ('fault' in tree) return { faults: [`${file}:${tree.line}: not readable as SVG: ${tree.fault}`] };
  const { root } = tree;
  if (root.name !== 'svg') return { faults: [`${file}:${root.line}: <${root.name}>: the file must begin with <svg>`] };
  const box = (root.attributes.get('viewBox') ?? '').trim().split(/[\s,]+/);
  const [x = 0, y = 0, width = 0, height = 0] = box.map(Number);
  const painter = new Painter(file, palette, root);
  if (box.length !== 4 || !box.every(isNumber) || width <= 0 || height <= 0) {
    painter.fault(root, 'needs viewBox="0 0 width height", in points');
  }
  painter.draw(root);
  if (painter.faults.length > 0) return { faults: painter.faults };
  const operators = x === 0 && y === 0 ? painter.operators : `1 0 0 1 ${-x} ${-y} cm\n${painter.operators}`;
  const art = { width, height, operators };
  known.set(key, art);
  return { art };
}

/** Operators that draw the art `width` points wide with its top left corner at x, y, and restore the graphics state. */
export function placed(art: SvgArt, x: number, y: number, width: number): string {
  const scale = String(+(width / art.width).toFixed(6));
  return `q ${scale} 0 0 ${scale} ${pdfNumber(x)} ${pdfNumber(y)} cm\n${art.operators}\nQ`;
}
