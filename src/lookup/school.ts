import type { Issuer } from '../domain/rulebook.ts';
import { webAddress } from '../platform/http/html.ts';

/** The school's logo as the pages show it. */
export interface PageLogo {
  /** Path below the root of the product, with a hash of the contents. */
  address: string;
  width: number;
  height: number;
}

/** What the public pages say of the school that issues the diplomas. */
export interface School extends Pick<Issuer, 'name' | 'url' | 'contact'> {
  logo: PageLogo | null;
}

/** Where somebody who suspects a forgery can write: the school's contact, else its web address. */
export function reachOf({ contact, url }: Pick<School, 'contact' | 'url'>): { href: string; text: string } {
  const text = contact ?? url;
  if (!text.includes('://')) return { href: `mailto:${text}`, text };
  return { href: webAddress(text) ?? url, text };
}
