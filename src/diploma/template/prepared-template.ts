import { prepareImage, type StaticImage } from '../pdf/static-image.ts';
import { prepareLayer, type StaticLayer } from '../pdf/static-layer.ts';
import { RecentCache } from '../recent-cache.ts';
import { type Face, type FaceBook, openFaces } from '../type/faces.ts';
import { type FittedText, fitName, fitParagraph, PLAIN, type SpacedRule } from '../type/fit.ts';
import type { FaceRole } from './face-roles.ts';
import type { TextStyle } from './layout-schema.ts';
import { pageSize } from './page-size.ts';
import { placed, readSvg, type SvgArt } from './svg-art.ts';
import type { TemplateBundle, TemplateFile } from './template.ts';
import type { TemplateDefinition } from './template-definition.ts';

/** Cache size for fitted texts that many diplomas share: course, modules, signatory. */
const KEPT_TEXTS = 500;

/** The rule of a style: a plain size is one line that may shrink to 70 %. */
export function ruleOf({
  size,
  spacing,
  balanced = false,
}: Pick<TextStyle, 'size' | 'spacing' | 'balanced'>): SpacedRule {
  const rule = typeof size === 'number' ? { max: size, floor: size * 0.7, lines: 1 } : size;
  return { ...rule, spacing, balanced };
}

/** The rule with no size above `size`. */
function atMost(rule: SpacedRule, size: number): SpacedRule {
  const floor = Math.min(rule.floor, size);
  return { ...rule, floor, max: Math.min(rule.max, size), wrapped: Math.min(rule.wrapped ?? rule.max, size) };
}

/** Moves the lines down to the baseline that they have at the rule's largest size; not below its floor, to stay inside. */
function held(fitted: FittedText, rule: SpacedRule): FittedText {
  const down = fitted.size < rule.floor ? 0 : Math.max(0, rule.max * PLAIN.ascent - fitted.ascent);
  return { ...fitted, ascent: fitted.ascent + down, height: fitted.height + down };
}

/**
 * A template prepared once per thread: parsed faces, deflated line art, decoded images, and fitted texts that are not
 * personal.
 */
export class PreparedTemplate {
  readonly definition: TemplateDefinition;
  readonly grades: TemplateBundle['grades'];
  readonly faces: FaceBook;
  readonly page: { width: number; height: number };
  readonly #files: ReadonlyMap<string, TemplateFile>;
  readonly #art = new Map<string, SvgArt>();
  readonly #images = new Map<string, StaticImage>();
  readonly #layers = new Map<string, StaticLayer>();
  readonly #texts = new RecentCache<FittedText>(KEPT_TEXTS);
  /** Of the personal text that was fitted last. */
  #personal: { text: string; chains: Map<FaceRole, readonly Face[]> } = { text: '', chains: new Map() };

  constructor(bundle: TemplateBundle) {
    this.definition = bundle.definition;
    this.grades = bundle.grades;
    this.faces = openFaces(bundle);
    this.page = pageSize(bundle.definition);
    this.#files = new Map(bundle.files.map((file) => [file.name, file]));
  }

  /** A palette colour as `#rrggbb`. */
  colour(name: string): string {
    const colour = this.definition.palette[name];
    if (colour === undefined) throw new Error(`template "${this.definition.id}" has no colour ${name}`);
    return colour;
  }

  style(name: string): TextStyle {
    const style = this.definition.styles[name];
    if (style === undefined) throw new Error(`template "${this.definition.id}" has no style ${name}`);
    return style;
  }

  chain(role: FaceRole): readonly Face[] {
    return this.faces.chains[role];
  }

  /** Line art by file name. */
  art(name: string): SvgArt {
    const known = this.#art.get(name);
    if (known !== undefined) return known;
    const result = readSvg(name, this.#bytes(name).toString('utf8'), this.definition.palette);
    if ('faults' in result) throw new Error(result.faults.join('; '));
    this.#art.set(name, result.art);
    return result.art;
  }

  image(name: string): StaticImage {
    const known = this.#images.get(name) ?? prepareImage(this.#bytes(name));
    this.#images.set(name, known);
    return known;
  }

  /** All unchanging line art of the first or the following pages, as one layer. */
  layer(pages: 'first' | 'following'): StaticLayer {
    const known = this.#layers.get(pages);
    if (known !== undefined) return known;
    const drawings = this.definition[pages].art.map((name) => placed(this.art(name), 0, 0, this.page.width));
    const layer = prepareLayer(drawings.join('\n'), this.page);
    this.#layers.set(pages, layer);
    return layer;
  }

  /** Line art at a width, as one layer. */
  ornament(name: string, width: number): StaticLayer {
    const key = `${name} ${width}`;
    const art = this.art(name);
    const known =
      this.#layers.get(key) ??
      prepareLayer(placed(art, 0, 0, width), { width, height: (art.height / art.width) * width });
    this.#layers.set(key, known);
    return known;
  }

  /**
   * Fits a text by a style.
   * @param shared true when other diplomas have the same text; the result is then cached
   * @returns null when it does not fit
   */
  fit(text: string, styleName: string, width: number, shared: boolean): FittedText | null {
    const fitNow = (): FittedText | null => {
      const style = this.style(styleName);
      const rule = ruleOf(style);
      const fitted = this.#fitIn(style, rule, text, width, shared);
      return fitted !== null && style.steady === true ? held(fitted, rule) : fitted;
    };
    return shared ? this.#kept(`${styleName}\n${width}\n${text}`, fitNow) : fitNow();
  }

  #fitIn(
    { fit, face, small }: TextStyle,
    rule: SpacedRule,
    text: string,
    width: number,
    shared: boolean,
  ): FittedText | null {
    const chain = shared ? this.chain(face) : this.#personalChain(text, face);
    if (fit === 'name') return fitName(text, chain, width, rule);
    const usual = fitParagraph(text, chain, width, rule);
    const isSmall = small !== undefined && usual !== null && usual.size < small.below;
    const fitted = isSmall
      ? (fitParagraph(text, this.chain(small.face), width, atMost(rule, small.below)) ?? usual)
      : usual;
    return fit === 'optional' && fitted !== null && fitted.size < rule.floor ? null : fitted;
  }

  /**
   * Shaped lines are kept with their chain. Those of a personal text go with a chain of their own, because nobody asks for
   * them again but for the other places of the same name: they filled the memory, and moving them was most of what
   * collecting garbage cost.
   */
  #personalChain(text: string, face: FaceRole): readonly Face[] {
    if (this.#personal.text !== text) this.#personal = { text, chains: new Map() };
    const { chains } = this.#personal;
    const known = chains.get(face) ?? [...this.chain(face)];
    chains.set(face, known);
    return known;
  }

  /** Fits running text by a given rule; the result is cached for other diplomas. */
  fitRow(text: string, role: FaceRole, width: number, rule: SpacedRule): FittedText | null {
    const key = `${role}\n${width}\n${rule.max}\n${rule.floor}\n${rule.lines}\n${text}`;
    return this.#kept(key, () => fitParagraph(text, this.chain(role), width, rule));
  }

  #kept(key: string, make: () => FittedText | null): FittedText | null {
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (made !== null) this.#texts.set(key, made);
    return made;
  }

  #bytes(name: string): Buffer {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`template "${this.definition.id}" does not hold ${name}`);
    return Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  }
}
