import type { Issuer } from '../domain/rulebook.ts';
import { webAddress } from '../platform/http/html.ts';
import type { PageLook } from '../ports/page-look.ts';

/** What the public pages say of the school that issues the diplomas, and how they look like its diplomas. */
export interface School extends Pick<Issuer, 'name' | 'url' | 'contact'> {
  look: PageLook;
}

/** Where somebody who suspects a forgery can write: the school's contact, else its web address. */
export function reachOf({ contact, url }: Pick<School, 'contact' | 'url'>): { href: string; text: string } {
  const text = contact ?? url;
  if (!text.includes('://')) return { href: `mailto:${text}`, text };
  return { href: webAddress(text) ?? url, text };
}
