import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LookLogo } from '../../ports/page-look.ts';

/** The folder of the pictures that issuer.yaml names. */
const FOLDER = 'issuer';

/**
 * The school's logo for the public pages.
 * @param name file of the folder `issuer/`, which the templates already checked; null: there is none
 */
export async function loadLogo(dir: string, name: string | null): Promise<LookLogo | null> {
  if (name === null) return null;
  const bytes = await readFile(join(dir, FOLDER, name));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const isSvg = name.endsWith('.svg');
  return {
    name: `logo.${hash}.${isSvg ? 'svg' : 'png'}`,
    type: isSvg ? 'image/svg+xml' : 'image/png',
    ...(isSvg ? svgSize(bytes.toString('utf8')) : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
    read: async () => bytes,
  };
}

/** The page only needs the proportion: the style sheet sets the height. */
function svgSize(text: string): { width: number; height: number } {
  const [, , width = 1, height = 1] = (/\bviewBox="([^"]*)"/.exec(text)?.[1] ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return { width: Math.ceil(width), height: Math.ceil(height) };
}
