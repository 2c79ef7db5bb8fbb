import { X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Signature } from '../diploma/check/pdfium-document.ts';
import { sealFault } from '../diploma/check/self-check-seal.ts';
import { type Finding, fails, holds, type Statement, unproven } from './findings.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** Certificates of a seal; its own comes first. */
interface Sealer {
  own: pkijs.Certificate;
  /** The seal's own certificate, as parsed by OpenSSL. */
  certificate: X509Certificate;
  all: pkijs.Certificate[];
}

/** Result code of the chain engine: a certificate is not yet or no longer valid. */
const NOT_IN_FORCE = 8;
const MEND = 'give --keys (the certificate of the issuer’s seal, or of its certificate authority)';
const OID = { organisation: '2.5.4.10', subjectAltName: '2.5.29.17' } as const;
/** Tag of a URI in GeneralName (RFC 5280, 4.2.1.6). */
const ADDRESS = 6;

/** The issuer as the credential names it. */
type Issuer = Pick<Statement['issuer'], 'name' | 'url'>;

/**
 * Checks the seal of a PDF. It must cover every byte of the file, so that nothing was changed or appended. Its
 * certificate must be one of the given ones, or be issued by one of them (RFC 5280, 6) to the issuer.
 * @param sealedAt time of sealing stated in the file; the certificate must be valid then
 * @param issuer the issuer that the credential names, because authorities serve other customers too
 */
export async function checkSeal(
  pdf: Uint8Array,
  signatures: readonly Signature[],
  sealedAt: Date,
  keys: TrustedKeys,
  issuer: Issuer,
): Promise<Finding[]> {
  const [signature, ...more] = signatures;
  if (signature === undefined)
    return [
      fails(
        'seal',
        'the file has no seal: it never had one, or a program that saved it removed the seal; anybody could have made or changed the file',
      ),
    ];
  if (more.length > 0)
    return [fails('seal', `${signatures.length} signatures instead of one seal: something was added after the seal`)];
  const sealer = sealerOf(signature.contents);
  if (sealer === null) return [fails('seal', 'the seal cannot be read')];
  let fault: string | null;
  try {
    fault = sealFault(signatures, pdf, sealer.certificate)?.detail ?? null;
  } catch {
    // The key has an unknown algorithm.
    fault = 'the certificate of the seal is damaged';
  }
  if (fault === NOT_WHOLE) return [fails('seal', whyNotWhole(signature, pdf, sealer.certificate))];
  if (fault !== null) return [fails('seal', IN_WORDS[fault] ?? fault)];
  return [
    holds('seal', 'the whole file is unchanged since it was sealed: nothing was changed or appended'),
    await checkSigner(sealer, sealedAt, keys, issuer),
  ];
}

/** A finding of {@link sealFault}. */
const NOT_WHOLE = 'the seal does not protect the whole file: bytes were added after sealing';
/** The same findings in words for the receiver of a file. */
const IN_WORDS: Readonly<Record<string, string>> = {
  'the file differs from what was sealed': 'the file was changed after it was sealed',
};

/**
 * Why a seal does not cover the file. An incremental update leaves all sealed bytes in place. A program that re-saves
 * the file moves everything, and keeps the seal as an ordinary value.
 */
function whyNotWhole(signature: Signature, pdf: Uint8Array, certificate: X509Certificate): string {
  const [, before = 0, next = 0, after = 0] = signature.byteRange;
  const end = next + after;
  const sealed = sealFault([signature], pdf.subarray(0, end), certificate)?.detail ?? null;
  if (end < pdf.length && sealed === null)
    return `something was appended after the file was sealed: the first ${end} bytes are unchanged, ${pdf.length - end} bytes follow`;
  if (end < pdf.length && sealed !== NOT_WHOLE)
    return 'after the file was sealed, it was changed and something was appended';
  const gap = Buffer.from(pdf.subarray(before, next)).toString('latin1').toLowerCase();
  if (end > pdf.length && gap === `<${signature.contents.toString('hex')}>`)
    return `the end of the file is missing: it had ${end} bytes when it was sealed, and has ${pdf.length}`;
  return 'another program saved the file again after it was sealed, unchanged or edited, so the sealed bytes are lost; ask for the original file';
}

async function checkSigner(sealer: Sealer, sealedAt: Date, keys: TrustedKeys, issuer: Issuer): Promise<Finding> {
  const { certificate, own } = sealer;
  const name = certificate.subject.replaceAll('\n', ', ').replaceAll('\\', '');
  if (keys.certificates.length === 0)
    return unproven('signer', `sealed by "${name}", but nothing says that this is the issuer: ${MEND}`);
  const isGiven = keys.certificates.some((der) => certificate.raw.equals(der));
  const fault = isGiven ? periodFault(certificate, sealedAt) : await chainFault(sealer, sealedAt, keys);
  if (fault !== null) return unproven('signer', `sealed by "${name}", ${fault}: ${MEND}`);
  if (!isGiven && !isFor(own, issuer))
    return unproven(
      'signer',
      `sealed by "${name}", which --keys confirms, but the seal certificate names neither "${issuer.name}" nor ${issuer.url}: if it is the issuer’s certificate, give the certificate itself as --keys`,
    );
  const until = new Date(certificate.validTo).toISOString().slice(0, 10);
  return holds('signer', `sealed by "${name}", whom --keys vouches for; certificate until ${until}`);
}

const TOO_LATE = 'whose certificate was not valid when the file was sealed';
const STRANGER = 'which --keys does not confirm';

function periodFault({ validFrom, validTo }: X509Certificate, at: Date): string | null {
  return at < new Date(validFrom) || at > new Date(validTo) ? TOO_LATE : null;
}

/** Checks whether a trusted authority issued the certificate (RFC 5280, 6). */
async function chainFault({ own, all }: Sealer, checkDate: Date, keys: TrustedKeys): Promise<string | null> {
  // A trusted seal certificate is not an authority.
  const trustedCerts = keys.certificates
    .filter((der) => new X509Certificate(der).ca)
    .map((der) => pkijs.Certificate.fromBER(plain(der)));
  if (trustedCerts.length === 0) return STRANGER;
  // The engine drops duplicates and validates the last certificate, which must be the seal's own.
  const certs = [...all.filter((one) => !isSame(one, own)), own];
  const engine = new pkijs.CertificateChainValidationEngine({ trustedCerts, certs, checkDate });
  const { result, resultCode, certificatePath } = await engine.verify();
  const [judged] = certificatePath ?? [];
  if (result) return judged !== undefined && isSame(judged, own) ? null : STRANGER;
  return resultCode === NOT_IN_FORCE ? TOO_LATE : STRANGER;
}

const isSame = (one: pkijs.Certificate, other: pkijs.Certificate): boolean =>
  Buffer.from(one.tbsView).equals(Buffer.from(other.tbsView));

/** Whether a certificate was issued to the issuer that the credential names: by organisation name or by address. */
function isFor({ subject, extensions = [] }: pkijs.Certificate, issuer: Issuer): boolean {
  const names = subject.typesAndValues
    .filter(({ type }) => type === OID.organisation)
    .map(({ value }): unknown => value.valueBlock.value);
  const addresses = extensions
    .filter(({ extnID }) => extnID === OID.subjectAltName)
    .flatMap(({ parsedValue }) => (parsedValue instanceof pkijs.AltName ? parsedValue.altNames : []))
    .filter(({ type }) => type === ADDRESS)
    .map(({ value }): unknown => value);
  const sameAddress = (url: unknown): boolean =>
    typeof url === 'string' && URL.canParse(url) && new URL(url).href === new URL(issuer.url).href;
  return names.includes(issuer.name) || addresses.some(sameAddress);
}

/**
 * The certificate that the only signature of a CMS message names, and the others beside it; null when there is none.
 */
function sealerOf(contents: Buffer): Sealer | null {
  try {
    const { result, offset } = asn1js.fromBER(plain(contents));
    if (offset <= 0) return null;
    const message = new pkijs.ContentInfo({ schema: result });
    const signed = new pkijs.SignedData({ schema: message.content });
    const all = (signed.certificates ?? []).filter((one) => one instanceof pkijs.Certificate);
    const sid = signed.signerInfos[0]?.sid;
    if (!(sid instanceof pkijs.IssuerAndSerialNumber)) return null;
    const own = all.find((one) => one.issuer.isEqual(sid.issuer) && one.serialNumber.isEqual(sid.serialNumber));
    if (own === undefined) return null;
    return { own, certificate: new X509Certificate(Buffer.from(own.toSchema().toBER(false))), all };
  } catch {
    return null;
  }
}

/** Copies bytes into a buffer of their own, which asn1js requires. */
function plain(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
