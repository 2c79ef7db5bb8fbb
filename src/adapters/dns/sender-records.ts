import { createPublicKey } from 'node:crypto';
import { Resolver } from 'node:dns/promises';

/** What mailbox providers see of a sender's domain, as lines for people. */
export interface SenderFindings {
  ok: string[];
  warnings: string[];
  faults: string[];
}

export interface SenderQuestion {
  /** Domain of the sender's address. */
  domain: string;
  /** Selectors of the keys that sign the letters (RFC 6376); the mail provider names them. */
  dkimSelectors: readonly string[];
  /** Domain that the mail provider wants to be included in the SPF record; without it only the form is checked. */
  spfInclude: string | undefined;
  /** DNS servers as `address` or `address:port`; none: those of the operating system. */
  servers: readonly string[];
}

/** Reads the texts of TXT records, each joined to one string; no record: an empty list. */
type ReadTexts = (name: string) => Promise<string[]>;

/** RFC 7208, section 4.6.4: an evaluation with more DNS lookups fails with a permanent error. */
const SPF_LOOKUPS = 10;
const TIMEOUT_MS = 3_000;
const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Reads SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) of a sender's domain.
 * @throws Error when a DNS server does not answer, with the name that was asked for
 */
export async function readSenderRecords(question: SenderQuestion): Promise<SenderFindings> {
  const read = openReader(question.servers);
  const found: SenderFindings = { ok: [], warnings: [], faults: [] };
  await checkSpf(question, read, found);
  await checkDkim(question, read, found);
  await checkDmarc(question.domain, read, found);
  return found;
}

function openReader(servers: readonly string[]): ReadTexts {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return async (name) => {
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (NO_RECORD.has(code)) return [];
      throw new Error(`DNS did not answer for ${name} (${code}); is DNS_SERVERS right?`, { cause: error });
    }
  };
}

async function checkSpf({ domain, spfInclude }: SenderQuestion, read: ReadTexts, found: SenderFindings): Promise<void> {
  const records = (await read(domain)).filter(isSpf);
  const wanted = spfInclude === undefined ? '' : `include:${spfInclude} `;
  const [record] = records;
  if (record === undefined) {
    const line = `SPF: ${domain} has no record; publish TXT ${domain} "v=spf1 ${wanted}~all"`;
    // The envelope address of a provider is often of its own domain; then its SPF counts, and only DKIM can align.
    (spfInclude === undefined ? found.warnings : found.faults).push(line);
    return;
  }
  if (records.length > 1) {
    found.faults.push(`SPF: ${domain} has ${records.length} records, so receivers use none; join them to one`);
    return;
  }
  const walk = await walkSpf(domain, record, read);
  if (walk.lookups > SPF_LOOKUPS) {
    found.faults.push(
      `SPF: the record of ${domain} needs more than ${SPF_LOOKUPS} DNS lookups, so receivers use none; remove includes that nobody needs`,
    );
  } else if (spfInclude !== undefined && !walk.included.has(spfInclude.toLowerCase())) {
    const isIgnored = record.toLowerCase().split(/\s+/).includes(`include:${spfInclude.toLowerCase()}`);
    const mend = isIgnored
      ? `receivers stop reading at "all"; move "include:${spfInclude}" before "all"`
      : `add "include:${spfInclude}"`;
    found.faults.push(`SPF: the record of ${domain} does not include ${spfInclude}; ${mend}`);
  } else if (/(^|\s)\+?all(\s|$)/i.test(record)) {
    found.faults.push(`SPF: the record of ${domain} ends with "+all", so anybody may send; replace it by "~all"`);
  } else found.ok.push(`SPF: ${record}`);
}

const isSpf = (text: string): boolean => /^v=spf1(\s|$)/i.test(text);

/** Counts the lookups of a record and collects the domains that it includes, also through others. */
async function walkSpf(
  domain: string,
  record: string,
  read: ReadTexts,
): Promise<{ lookups: number; included: Set<string> }> {
  const included = new Set([domain.toLowerCase()]);
  let lookups = 0;
  const open = [record];
  for (let text = open.shift(); text !== undefined && lookups <= SPF_LOOKUPS; text = open.shift()) {
    for (const term of testedTerms(text)) {
      const [, name, value] = /^[+?~-]?(include|redirect|a|mx|ptr|exists)(?:[:=]([^/]+))?(?:\/|$)/i.exec(term) ?? [];
      if (name === undefined) continue;
      lookups += 1;
      const leads = /^(include|redirect)$/i.test(name) && value !== undefined && !value.includes('%');
      if (!leads || lookups > SPF_LOOKUPS || included.has(value.toLowerCase())) continue;
      included.add(value.toLowerCase());
      open.push(...(await read(value)).filter(isSpf));
    }
  }
  return { lookups, included };
}

/** RFC 7208, section 5.1: receivers ignore what stands after "all", and every "redirect" of a record with "all". */
function testedTerms(record: string): string[] {
  const terms = record.split(/\s+/).slice(1);
  const end = terms.findIndex((term) => /^[+?~-]?all$/i.test(term));
  return end < 0 ? terms : terms.slice(0, end).filter((term) => !/^redirect=/i.test(term));
}

async function checkDkim(question: SenderQuestion, read: ReadTexts, found: SenderFindings): Promise<void> {
  const { domain, dkimSelectors } = question;
  if (dkimSelectors.length === 0) {
    found.warnings.push(
      'DKIM: not checked, because SENDER_DKIM_SELECTORS is not set; the mail provider shows the selector of your key',
    );
  }
  for (const selector of dkimSelectors) {
    const name = `${selector}._domainkey.${domain}`;
    const records = (await read(name)).filter((text) => /(^|;)\s*p\s*=/i.test(text));
    const [record] = records;
    if (record === undefined) {
      found.faults.push(`DKIM: ${name} has no key; publish the TXT record that the mail provider shows for this key`);
    } else if (records.length > 1) {
      found.faults.push(`DKIM: ${name} has ${records.length} keys; keep the one that the mail provider shows`);
    } else judgeKey(name, tagsOf(record), found);
  }
}

/** Below this length Gmail and others treat a signature as absent. */
const RSA_BITS_AT_LEAST = 1024;
const RSA_BITS_ADVISED = 2048;

function judgeKey(name: string, tags: Map<string, string>, found: SenderFindings): void {
  const data = (tags.get('p') ?? '').replace(/\s+/g, '');
  const kind = (tags.get('k') ?? 'rsa').toLowerCase();
  if (data === '') {
    found.faults.push(`DKIM: the key of ${name} is revoked (empty "p="); publish the key that the mail provider shows`);
    return;
  }
  if (kind === 'ed25519') {
    found.ok.push(`DKIM: ${name} has an Ed25519 key`);
    return;
  }
  const bits = rsaBits(data);
  if (bits === null)
    found.faults.push(`DKIM: the key of ${name} cannot be read; copy the record from the mail provider again, whole`);
  else if (bits < RSA_BITS_AT_LEAST)
    found.faults.push(
      `DKIM: the key of ${name} has ${bits} bits, receivers ignore it; use a key of ${RSA_BITS_ADVISED} bits`,
    );
  else if (bits < RSA_BITS_ADVISED)
    found.warnings.push(`DKIM: the key of ${name} has ${bits} bits; ${RSA_BITS_ADVISED} bits are advised (RFC 8301)`);
  else found.ok.push(`DKIM: ${name} has an RSA key of ${bits} bits`);
  if (/(^|:)y(:|$)/i.test(tags.get('t') ?? ''))
    found.warnings.push(`DKIM: the key of ${name} is in test mode ("t=y"), receivers may ignore it; remove "t=y"`);
}

/** Length of an RSA key in bits; null when the data is no key. RFC 6376 asks for SPKI, some publish the bare PKCS #1. */
function rsaBits(base64: string): number | null {
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type });
      return key.asymmetricKeyDetails?.modulusLength ?? null;
    } catch {
      // Then the other form.
    }
  }
  return null;
}

/** Walks from the domain to its parents, because a record of the organisation covers its subdomains. */
async function checkDmarc(domain: string, read: ReadTexts, found: SenderFindings): Promise<void> {
  const labels = domain.split('.');
  for (let first = 0; first <= Math.max(0, labels.length - 2); first += 1) {
    const name = `_dmarc.${labels.slice(first).join('.')}`;
    const records = (await read(name)).filter((text) => /^v=DMARC1\s*(;|$)/i.test(text));
    const [record] = records;
    if (record === undefined) continue;
    const tags = tagsOf(record);
    const policy = (first > 0 ? (tags.get('sp') ?? tags.get('p')) : tags.get('p'))?.toLowerCase();
    if (records.length > 1) found.faults.push(`DMARC: ${name} has ${records.length} records, so receivers use none`);
    else if (policy === undefined || !['none', 'quarantine', 'reject'].includes(policy))
      found.faults.push(`DMARC: the record of ${name} has no policy; add "p=none", "p=quarantine" or "p=reject"`);
    else if (policy === 'none')
      found.warnings.push(
        `DMARC: the policy of ${name} is "none", so forged letters are delivered; change it to "quarantine" when the reports show that all your letters pass`,
      );
    else found.ok.push(`DMARC: ${name} has the policy "${policy}"`);
    return;
  }
  found.faults.push(
    `DMARC: ${domain} has no record; publish TXT _dmarc.${domain} "v=DMARC1; p=none; rua=mailto:ADDRESS_FOR_REPORTS"`,
  );
}

/** `a=1; b=2` as a map with keys in lower case. */
function tagsOf(record: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of record.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) tags.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  return tags;
}
