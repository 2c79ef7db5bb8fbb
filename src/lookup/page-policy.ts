const policy = (...directives: string[]): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ...directives,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Content-Security-Policy of pages with the search form: scripts are forbidden. */
export const FORM_POLICY = policy("form-action 'self'");
/**
 * Content-Security-Policy of a certificate's page: only Gramota's own script, which cannot send anything, and no forms.
 */
export const CERTIFICATE_POLICY = policy("script-src 'self'", "form-action 'none'");
