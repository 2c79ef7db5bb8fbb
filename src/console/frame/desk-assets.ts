import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { DESK_STYLE } from './desk-style.ts';

/** A file of the console whose name changes with its contents, so that browsers may keep it for ever. */
export interface Asset {
  path: string;
  type: string;
  text: string;
}

const script = readFileSync(new URL(`../browser/desk${extname(import.meta.url)}`, import.meta.url), 'utf8').replace(
  /\/\/# sourceMappingURL=.*\s*$/,
  '',
);

function asset(extension: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { path: `/console/assets/desk.${hash}.${extension}`, type, text };
}

export const STYLE_ASSET = asset('css', 'text/css; charset=utf-8', DESK_STYLE);
export const SCRIPT_ASSET = asset('js', 'text/javascript; charset=utf-8', script);

/** Only files of ours; no inline script or style; forms go to us alone; no string becomes markup by script. */
export const DESK_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join('; ');
