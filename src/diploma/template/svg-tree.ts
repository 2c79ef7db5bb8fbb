import { SaxesParser } from 'saxes';

/** An element of an SVG file with the line (from 1) on which its tag ends. */
export interface SvgElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: SvgElement[];
  line: number;
}

/** Editors' notes to themselves and words about the picture: nothing of them is drawn. */
const SILENT: ReadonlySet<string> = new Set(['title', 'desc', 'metadata']);

/**
 * Reads an SVG file into its elements; words about the picture and what editors note in name spaces of their own are
 * left out.
 * @returns the root element, or the first fault of syntax with its line
 */
export function readSvgTree(source: string): { root: SvgElement } | { line: number; fault: string } {
  const parser = new SaxesParser();
  const open: SvgElement[] = [];
  let root: SvgElement | null = null;
  let fault: { line: number; fault: string } | null = null;
  let silent = 0;
  parser.on('error', (error) => {
    fault ??= { line: parser.line, fault: error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '') };
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (silent > 0 || SILENT.has(name) || name.includes(':')) {
      silent += 1;
      return;
    }
    const kept = Object.entries(attributes).filter(([key]) => key === 'xlink:href' || !/:|^xmlns$|^data-/.test(key));
    const element = { name, attributes: new Map(kept), children: [], line: parser.line };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    if (silent > 0) silent -= 1;
    else open.pop();
  });
  parser.write(source.replace(/^\uFEFF/, '')).close();
  if (fault !== null) return fault;
  return root === null ? { line: 1, fault: 'it holds no element' } : { root };
}
