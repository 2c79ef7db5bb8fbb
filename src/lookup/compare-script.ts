import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

const address = new URL(`./browser/compare-file${extname(import.meta.url)}`, import.meta.url);

/** The script that hashes a reader's file in the browser, as it is served. */
export const COMPARE_SCRIPT = readFileSync(address, 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '');
const digest = createHash('sha384').update(COMPARE_SCRIPT).digest('base64');
/** Subresource Integrity: the browser runs exactly this script or none. */
export const COMPARE_SCRIPT_INTEGRITY = `sha384-${digest}`;
/** Changes with the contents, so that a page never uses a cached script of another version. */
export const COMPARE_SCRIPT_PATH = `check-file.js?v=${createHash('sha256').update(COMPARE_SCRIPT).digest('hex').slice(0, 12)}`;
