import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { AUTHORITY, openKeyFolder, readKeyText } from '../../src/credential/keys/key-folder.ts';
import { makeKey } from '../../src/credential/keys/self-issued-keys.ts';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import type { Printer } from '../../src/ports/printer.ts';

/** The product's printer with its own keys. */
export interface Mint {
  templates: TemplateBundle[];
  /** Certificate (DER) of the authority that issued the seal's certificate. */
  authority: Uint8Array;
  printer: Printer;
  keys: KeyReferences;
}

/**
 * Opens the product's printer over the repository's templates, with keys created in `dir`. The caller closes the
 * printer.
 */
export async function openMint(dir: string, threads: number): Promise<Mint> {
  const organisation = { name: 'Sample School of Teaching', country: 'KZ', url: 'https://school.example' };
  const ids = { credential: 'credential-1', jwt: 'jwt-1', seal: 'seal-1' };
  for (const id of Object.values(ids)) await makeKey(id, { dir, organisation, now: new Date(), random: randomBytes });
  const held = await openKeyFolder(dir).keys();
  const reference = (id: string): KeyReferences['seal'] => {
    const key = held.find((one) => one.id === id);
    if (key === undefined) throw new Error(`there is no key ${id}`);
    return { id, fingerprint: key.fingerprint };
  };
  const keys = { credential: reference(ids.credential), jwt: reference(ids.jwt), seal: reference(ids.seal) };
  const pem = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec((await readKeyText(dir, AUTHORITY)) ?? '')?.[1];
  if (pem === undefined) throw new Error('there is no authority');
  const templates = await loadTemplates(resolve('templates'));
  const printer = createPrinter({ templates, bundleByHash: async () => null, threads, signingKeysDir: dir });
  return { templates, authority: Buffer.from(pem, 'base64'), printer, keys };
}
