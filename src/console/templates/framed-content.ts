/** Policy of a coordinator's own HTML and drawings: shown, but without scripts, requests and origin. Complete it with who may frame it. */
export const FRAMED_CONTENT =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors";
