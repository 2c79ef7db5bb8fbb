/**
 * The did:web identifier of an address (did:web method, "Method-specific identifier"): the host, its port after
 * `%3A`, then the path with colons between its parts.
 * @param publicUrl http or https address
 */
export function didWeb(publicUrl: string): string {
  const { hostname, port, pathname } = new URL(publicUrl);
  // The brackets of an IPv6 host must be encoded.
  const host = encodeURIComponent(port === '' ? hostname : `${hostname}:${port}`);
  const path = pathname.split('/').filter((part) => part !== '');
  return ['did:web', host, ...path.map((part) => encoded(decodePart(part)))].join(':');
}

/** Addresses are percent-encoded already; an invalid encoding is kept unchanged. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `encodeURIComponent` keeps these characters, but a DID must not contain them (DID Core, 3.1: idchar). */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
