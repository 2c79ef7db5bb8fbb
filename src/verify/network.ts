const TIMEOUT_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The text at an address. @throws Error with a reason in one line */
export type Ask = (url: string) => Promise<string>;

/** Asks the network: https alone, no redirects, no more than 4 MB or ten seconds. */
export const askNetwork: Ask = (url) => fetchText(url, { loopback: false });

/**
 * As `askNetwork`.
 * @param loopback whether this very machine may be asked by http: never on the word of a stranger's file
 */
export async function fetchText(url: string, { loopback }: { loopback: boolean }): Promise<string> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(loopback && LOOPBACK.test(hostname))) throw new Error('not an https address');
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { headers: { accept: 'application/json, */*;q=0.1' }, redirect: 'error', signal });
  // A revoked certificate's record comes with 410.
  if (!response.ok && response.status !== 410) throw new Error(`answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error(`answers more than ${MOST_BYTES} bytes`);
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Why asking failed, in one line. */
export function whyUnanswered(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Where a did:web identifier leads (did:web method, "Read (Resolve)").
 * @returns the web address under which its document lies, without a trailing slash, and that of the document; null where it
 * is no did:web
 */
export function placesOf(did: string): { base: string; document: string } | null {
  const [scheme, method, host, ...path] = did.split(':');
  if (scheme !== 'did' || method !== 'web' || host === undefined || host === '') return null;
  const authority = decodeURIComponent(host);
  const secure = LOOPBACK.test(authority.replace(/:\d+$/, '')) ? 'http' : 'https';
  const base = [`${secure}://${authority}`, ...path].join('/');
  if (!URL.canParse(base)) return null;
  return { base, document: path.length === 0 ? `${base}/.well-known/did.json` : `${base}/did.json` };
}
