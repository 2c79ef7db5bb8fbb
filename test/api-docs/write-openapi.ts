import { writeFile } from 'node:fs/promises';
import { servedDocument } from './document.ts';

/** `npm run openapi:write`: brings `openapi.json` up to date with the routes. */
await writeFile(new URL('../../../openapi.json', import.meta.url), await servedDocument());
