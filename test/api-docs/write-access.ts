import { readFile, writeFile } from 'node:fs/promises';
import { accessTable } from '../support/access-table.ts';

/** `npm run access:write`: updates the table of roles and routes in `docs/security.md` from the declared routes. */
const file = new URL('../../../docs/security.md', import.meta.url);
const table = await accessTable();
const text = await readFile(file, 'utf8');
await writeFile(
  file,
  text.replace(/\| route \| nobody[\s\S]*?(?=\n\n|$)/, () => table),
);
