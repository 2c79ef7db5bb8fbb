/** Link settings of a letter. */
export interface LinkRules {
  /** Rewrite links for click statistics, unless the tag says otherwise. */
  relink: boolean;
  /** Query string to add to every link, already URL-encoded; empty for none. */
  qsid: string;
}

/** A link before and after rewriting. */
export interface RewrittenLink {
  href: string;
  final: string;
}

/** The sandbox's click counter; the provider has its own domain. */
const CLICK_COUNTER = 'https://click.sendsay.example/go/';
const RELINKED_SCHEMES = /^(?:https?|ftps?|viber|fb-messenger|skype):\/\//i;

/**
 * Rewrites `a` tags as the provider does: first adds `link.qsid` (unless `data-no-qsid="1"`), then the click counter
 * (`data-do-link-relink="1"` or `"0"` overrides the letter's setting).
 */
export function rewriteLinks(html: string, rules: LinkRules): { html: string; links: RewrittenLink[] } {
  const links: RewrittenLink[] = [];
  const rewritten = html.replace(/<a\b[^>]*>/gi, (tag) => {
    const hrefMatch = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag);
    if (!hrefMatch) return tag;
    const href = (hrefMatch[1] ?? hrefMatch[2] ?? hrefMatch[3] ?? '').replaceAll('&amp;', '&');
    let final = href;
    if (rules.qsid !== '' && /^(?:https?|ftps?):/i.test(href) && attribute(tag, 'data-no-qsid') !== '1') {
      final = withQuery(href, rules.qsid);
    }
    const wish = attribute(tag, 'data-do-link-relink');
    const relink = wish === '1' || (wish !== '0' && rules.relink);
    if (relink && RELINKED_SCHEMES.test(final))
      final = `${CLICK_COUNTER}${links.length + 1}?u=${encodeURIComponent(final)}`;
    links.push({ href, final });
    return tag.replace(hrefMatch[0], () => `href="${final.replaceAll('&', '&amp;').replaceAll('"', '%22')}"`);
  });
  return { html: rewritten, links };
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  return match ? (match[1] ?? match[2] ?? match[3] ?? '') : null;
}

function withQuery(href: string, qsid: string): string {
  const hash = href.indexOf('#');
  const [base, fragment] = hash === -1 ? [href, ''] : [href.slice(0, hash), href.slice(hash)];
  return `${base}${base.includes('?') ? '&' : '?'}${qsid}${fragment}`;
}
