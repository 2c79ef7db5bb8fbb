const TIMEOUT_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Fetches the text at an address.
 * @throws Error with a one-line reason
 */
export type Ask = (url: string) => Promise<string>;

/** Fetches over the network: https only, no redirects, at most 4 MB and ten seconds. */
export const askNetwork: Ask = (url) => fetchText(url, { loopback: false });

/**
 * Like `askNetwork`.
 * @param loopback whether plain http to this machine is allowed; never for addresses from an untrusted file
 */
export async function fetchText(url: string, { loopback }: { loopback: boolean }): Promise<string> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(loopback && LOOPBACK.test(hostname))) throw new Error('not an https address');
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { headers: { accept: 'application/json, */*;q=0.1' }, redirect: 'error', signal });
  // The record of a revoked certificate has status 410.
  if (!response.ok && response.status !== 410) throw new Error(`answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error(`the response has more than ${MOST_BYTES} bytes`);
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Why a request failed, in one line. */
export function whyUnanswered(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Resolves a did:web identifier (did:web method, "Read (Resolve)").
 * @returns the web address of the issuer without a trailing slash, and the address of its DID document; null when it
 * is not a did:web
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
