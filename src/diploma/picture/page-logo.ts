import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LookLogo } from '../../ports/page-look.ts';
import { PICTURE_FOLDER } from '../template/issuer-pictures.ts';
import { readSvg } from '../template/svg-art.ts';
import { sha256 } from '../template/template.ts';

/**
 * The school's logo for the public pages. They only need its proportion: the style sheet sets the height.
 * @param file of the pictures of issuer.yaml, which the templates already checked; null: there is none
 */
export async function loadLogo(dir: string, file: string | null): Promise<LookLogo | null> {
  if (file === null) return null;
  const bytes = await readFile(join(dir, PICTURE_FOLDER, file));
  const isSvg = file.endsWith('.svg');
  return {
    name: `logo.${sha256(bytes).slice(0, 16)}.${isSvg ? 'svg' : 'png'}`,
    type: isSvg ? 'image/svg+xml' : 'image/png',
    ...(isSvg ? svgSize(bytes.toString('utf8')) : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
    read: async () => bytes,
  };
}

function svgSize(source: string): { width: number; height: number } {
  const read = readSvg('logo', source, {});
  const { width, height } = 'art' in read ? read.art : { width: 1, height: 1 };
  return { width: Math.ceil(width), height: Math.ceil(height) };
}
