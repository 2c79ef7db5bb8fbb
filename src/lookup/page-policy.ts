import { PAGE_STYLE_SOURCE } from './page-style.ts';

const policy = (...directives: string[]): string =>
  [
    "default-src 'none'",
    `style-src ${PAGE_STYLE_SOURCE}`,
    "img-src 'self' data:",
    ...directives,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** For pages with the search form; scripts are forbidden. */
export const FORM_POLICY = policy("form-action 'self'");
/** For the page of a certificate: one script of ours, which cannot send anything; no forms. */
export const CERTIFICATE_POLICY = policy("script-src 'self'", "form-action 'none'");
