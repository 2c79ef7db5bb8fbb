import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { METHOD_NOT_ALLOWED, NOT_MODIFIED } from '../platform/http/answers.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { TAG } from './lookup-answers.ts';
import { PAGE_STYLE } from './page-style.ts';

/** A file that the public pages load, under an address that changes with its contents. */
export interface PageAsset {
  /** Path below the root of the product. */
  path: string;
  /** The same with the hash of the contents, as pages name it. */
  address: string;
  type: string;
  bytes: Buffer;
  hash: string;
}

function asset(path: string, type: string, text: string): PageAsset {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { path, address: `${path}?v=${hash}`, type, bytes, hash };
}

const SCRIPT = 'text/javascript; charset=utf-8';

/** A script as the compiler made it, without the address of its source map. */
function script(name: string, path: string): PageAsset {
  const file = new URL(`./browser/${name}${extname(import.meta.url)}`, import.meta.url);
  return asset(path, SCRIPT, readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, ''));
}

export const STYLE = asset('page.css', 'text/css; charset=utf-8', PAGE_STYLE);
export const PAGE_SCRIPT = script('page-script', 'check-file.js');
/** Loaded only when a reader gives a file that is not an issued one; scripts name each other without a hash. */
const READER_SCRIPT = script('file-facts', 'file-facts.js');
const PDF_SCRIPT = script('pdf-text', 'pdf-text.js');
/** Subresource Integrity: the browser runs exactly this script or none. */
export const PAGE_SCRIPT_INTEGRITY = `sha384-${createHash('sha384').update(PAGE_SCRIPT.bytes).digest('base64')}`;

const NAMES: [PageAsset, string, string][] = [
  [STYLE, 'getPageStyle', 'The style sheet of the public pages'],
  [PAGE_SCRIPT, 'getCheckScript', 'The script that compares a file on the page with the issued file'],
  [READER_SCRIPT, 'getFileReaderScript', 'The script that reads the facts in a file on the page'],
  [PDF_SCRIPT, 'getPdfReaderScript', 'The part of that script that reads PDF files'],
];

/** Routes of the files; a browser may keep them for ever under the address that pages name. */
export function assetRoutes(headers: RequestHandler): Route[] {
  return NAMES.map(([one, name, summary]) => ({
    method: 'GET',
    path: `/${one.path}`,
    name,
    tag: 'Lookup',
    summary,
    access: 'anyone',
    query: z.object({ v: z.string().optional().describe('Hash of the contents, as pages name it.') }),
    answers: {
      200: {
        description: 'The file.',
        content: { [one.type.split(';')[0] ?? '']: { schema: z.string() } },
        headers: TAG,
      },
      304: NOT_MODIFIED,
      405: METHOD_NOT_ALLOWED,
    },
    handlers: [headers, sender(one)],
  }));
}

function sender({ bytes, hash, type }: PageAsset): RequestHandler {
  return (req, res) => {
    res.set({ ETag: `"${hash}"`, 'Content-Type': type });
    if (req.query['v'] === hash) res.set('Cache-Control', 'public, max-age=31536000, immutable');
    if (req.fresh) res.status(304).end();
    else res.send(bytes);
  };
}
