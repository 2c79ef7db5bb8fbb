import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SKIPPED = /(^|\/)(node_modules|dist|\.gramota|\.git)(\/|$)/;

/** Text of a file of the repository. */
export const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

/** Paths of all files whose name has this ending, from the root of the repository. */
export async function list(folder: string, end: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.test(path)) continue;
    if (entry.isDirectory()) found.push(...(await list(path, end)));
    else if (path.endsWith(end)) found.push(path);
  }
  return found.sort();
}

/** The part of a document below a heading, up to the next heading of the same or a higher level. */
export function section(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  assert.notEqual(start, -1, `no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const rest = text.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end === -1 ? rest : rest.slice(0, end);
}

/** All texts in backticks, in their order. */
export function coded(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Rows of the tables in a text, each a list of cells; without heads and rulers. */
export function rows(text: string): string[][] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const ruler = /^\|\s*-{3}/;
    if (!line.startsWith('|') || ruler.test(line) || ruler.test(lines[index + 1] ?? '')) return [];
    return [line.split(/(?<!\\)\|/).slice(1, -1)];
  });
}

/** All texts in backticks in the first column of the tables in a text. */
export function firstColumn(text: string): string[] {
  return rows(text).flatMap(([first = '']) => coded(first));
}

/** Addresses of the links and pictures in a Markdown text. */
export function links(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** Anchors of the headings in a Markdown text, as GitHub makes them. */
export function anchors(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
