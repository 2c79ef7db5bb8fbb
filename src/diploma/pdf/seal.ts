import { createHash } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { OPEN_BYTE_RANGE } from './seal-placeholder.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
} as const;

/** The key and certificates of the seal: RSA PKCS #1 v1.5 with SHA-256, so that equal bytes get an equal seal. */
export interface SealKey {
  /** X.509 certificates in DER; the seal's own certificate comes first. */
  certificates: readonly Uint8Array[];
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** A seal without a document. The seals of all documents differ only in the digest and the signature. */
interface PreparedSeal {
  /** Signed attributes in the encoding that is signed, and the offset of the digest in them. */
  attributes: Buffer;
  digestInAttributes: number;
  /** CMS SignedData, and the offsets of the digest and the signature in it. */
  cms: Buffer;
  digestInCms: number;
  signature: { at: number; length: number };
}

const preparing = new WeakMap<SealKey, Promise<PreparedSeal>>();

/** Number of bytes to reserve for a seal by this key. It is exact, and equal for every diploma. */
export async function sealBytes(key: SealKey): Promise<number> {
  return (await prepared(key)).cms.length;
}

/**
 * Writes a PAdES-B-B seal (ETSI EN 319 142-1, 5.3) into the reserved space: a detached CMS signature with content
 * type, message digest and signing certificate. It has no signing time, because PAdES keeps the time in the PDF. The
 * same bytes and key give the same seal.
 * @throws Error when no space, or too little, was reserved
 */
export async function sealPdf(pdf: Buffer, key: SealKey): Promise<Buffer> {
  const at = pdf.lastIndexOf(OPEN_BYTE_RANGE);
  if (at < 0) throw new Error('no space for a seal was reserved in this file');
  const start = pdf.indexOf('<', pdf.indexOf('/Contents ', at));
  const end = pdf.indexOf('>', start) + 1;
  const sealed = Buffer.from(pdf);
  const range = `/ByteRange [0 ${start} ${end} ${pdf.length - end}]`.padEnd(OPEN_BYTE_RANGE.length);
  sealed.write(range, at, 'latin1');
  const digest = createHash('sha256').update(sealed.subarray(0, start)).update(sealed.subarray(end)).digest();
  const hex = (await signDigest(digest, key)).toString('hex');
  const room = end - start - 2;
  if (hex.length > room) throw new Error(`the seal has ${hex.length / 2} bytes, but ${room / 2} were reserved`);
  sealed.write(hex, start + 1, 'latin1');
  return sealed;
}

/** CMS SignedData (RFC 5652) over a digest, in DER. */
async function signDigest(digest: Buffer, key: SealKey): Promise<Buffer> {
  const seal = await prepared(key);
  const attributes = Buffer.from(seal.attributes);
  digest.copy(attributes, seal.digestInAttributes);
  const signature = await key.sign(attributes);
  if (signature.length !== seal.signature.length) throw new Error('all signatures of a key must have the same length');
  const cms = Buffer.from(seal.cms);
  digest.copy(cms, seal.digestInCms);
  cms.set(signature, seal.signature.at);
  return cms;
}

function prepared(key: SealKey): Promise<PreparedSeal> {
  const known = preparing.get(key);
  if (known !== undefined) return known;
  const fresh = prepareSeal(key);
  preparing.set(key, fresh);
  fresh.catch(() => preparing.delete(key));
  return fresh;
}

/** Encodes the structure once. All its fields have fixed lengths, whatever is sealed. */
async function prepareSeal(key: SealKey): Promise<PreparedSeal> {
  const certificates = key.certificates.map((der) => pkijs.Certificate.fromBER(plain(der)));
  const [own] = certificates;
  const [der] = key.certificates;
  if (own === undefined || der === undefined) throw new Error('a seal needs its certificate');
  const digest = createHash('sha256').update('no document').digest();
  const signedAttrs = signedAttributes(digest, der);
  const attributes = Buffer.from(signedAttrs.toSchema().toBER(false));
  // The signature covers the SET itself, not its implicit tag in the structure (RFC 5652, 5.4).
  attributes[0] = 0x31;
  const signature = Buffer.from(await key.sign(attributes));
  const info = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
    digestAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha256 }),
    signedAttrs,
    signatureAlgorithm: new pkijs.AlgorithmIdentifier({
      algorithmId: OID.sha256WithRsa,
      algorithmParams: new asn1js.Null(),
    }),
    signature: new asn1js.OctetString({ valueHex: plain(signature) }),
  });
  const content = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha256 })],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    signerInfos: [info],
    certificates,
  });
  const wrapped = new pkijs.ContentInfo({ contentType: OID.signedData, content: content.toSchema(true) });
  const cms = Buffer.from(wrapped.toSchema().toBER(false));
  return {
    attributes,
    digestInAttributes: placeOf(digest, attributes),
    cms,
    digestInCms: placeOf(digest, cms),
    signature: { at: placeOf(signature, cms), length: signature.length },
  };
}

function signedAttributes(digest: Buffer, certificate: Uint8Array): pkijs.SignedAndUnsignedAttributes {
  const hash = new asn1js.OctetString({ valueHex: plain(createHash('sha256').update(certificate).digest()) });
  const attributes = [
    attribute(OID.contentType, new asn1js.ObjectIdentifier({ value: OID.data })),
    attribute(OID.messageDigest, new asn1js.OctetString({ valueHex: plain(digest) })),
    // ESSCertIDv2 with its default hash, SHA-256 (RFC 5035): SigningCertificateV2 { certs { { certHash } } }.
    attribute(OID.signingCertificateV2, sequence(sequence(sequence(hash)))),
  ];
  // DER requires ascending encodings in a SET; this order ascends.
  return new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes });
}

/**
 * Offset of `part` in `whole`.
 * @throws Error unless it occurs exactly once
 */
function placeOf(part: Buffer, whole: Buffer): number {
  const at = whole.indexOf(part);
  if (at < 0 || whole.indexOf(part, at + 1) >= 0) throw new Error('the parts of the seal cannot be identified');
  return at;
}

const sequence = (value: asn1js.BaseBlock): asn1js.Sequence => new asn1js.Sequence({ value: [value] });

const attribute = (type: string, value: asn1js.BaseBlock): pkijs.Attribute =>
  new pkijs.Attribute({ type, values: [value] });

/** Copies bytes into a buffer of their own, which asn1js requires. */
function plain(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
