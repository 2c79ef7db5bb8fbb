/**
 * The decentralised identifier of whoever holds an address (did:web method, "Method-specific identifier"): the host,
 * its port after `%3A`, then the path with colons between its parts.
 * @param publicUrl http or https address
 */
export function didWeb(publicUrl: string): string {
  const { hostname, port, pathname } = new URL(publicUrl);
  // An IPv6 host in brackets may not stand in an identifier as it is.
  const host = encodeURIComponent(port === '' ? hostname : `${hostname}:${port}`);
  const path = pathname.split('/').filter((part) => part !== '');
  return ['did:web', host, ...path.map((part) => encoded(decodePart(part)))].join(':');
}

/** Addresses come percent-encoded already; what is no encoding is taken as it stands. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Of the signs that `encodeURIComponent` lets stand, a DID may not hold these (DID Core, 3.1: idchar). */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
