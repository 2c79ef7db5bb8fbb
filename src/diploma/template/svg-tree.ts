import { SaxesParser } from 'saxes';

/** An element of an SVG file; `line` (from 1) is where its tag ends. */
export interface SvgElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: SvgElement[];
  line: number;
}

/** Elements with descriptions or notes of editors; they are never drawn. */
const SILENT: ReadonlySet<string> = new Set(['title', 'desc', 'metadata']);

/**
 * Parses an SVG file into elements; skips descriptions and foreign namespaces.
 * @returns the root element, or the first syntax fault with its line
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
  return root === null ? { line: 1, fault: 'the file contains no element' } : { root };
}
