import { writeFile } from 'node:fs/promises';
import { servedDocument } from './document.ts';

/** `npm run openapi:write`: updates `openapi.json` from the routes. */
await writeFile(new URL('../../../openapi.json', import.meta.url), await servedDocument());
