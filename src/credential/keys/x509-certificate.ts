import { createHash, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { OWN_AUTHORITY } from './own-authority.ts';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const OID = {
  commonName: '2.5.4.3',
  country: '2.5.4.6',
  organisation: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/**
 * Extended key usages of the seal's certificate: document signing (RFC 9336), Adobe's document signing, and e-mail
 * protection, which NSS-based verifiers require.
 */
const SEAL_USAGES = ['1.3.6.1.5.5.7.3.36', '1.2.840.113583.1.1.5', '1.3.6.1.5.5.7.3.4'];
/** KeyUsage bits, highest first (RFC 5280, 4.2.1.3): digitalSignature and nonRepudiation; keyCertSign and cRLSign. */
const SEAL_BITS = { byte: 0b1100_0000, unused: 6 };
const AUTHORITY_BITS = { byte: 0b0000_0110, unused: 1 };
/** Maximum length of a name part (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;

export interface Organisation {
  name: string;
  /** ISO 3166-1 alpha-2, or null. */
  country: string | null;
  url: string;
}

export interface CertificateRequest {
  kind: 'authority' | 'seal';
  organisation: Organisation;
  /** RSA private key of the certificate's subject. */
  key: KeyObject;
  /** Key and certificate of the issuer; null: the certificate is self-signed. */
  issuer: { key: KeyObject; certificate: Uint8Array } | null;
  /** Serial number: 16 random bytes. */
  serial: Uint8Array;
  notBefore: Date;
  notAfter: Date;
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
function timeOf(value: Date): pkijs.Time {
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/** An X.509 certificate (RFC 5280) in DER, signed RSA with SHA-256. */
export async function issueCertificate(request: CertificateRequest): Promise<Uint8Array> {
  const { kind, organisation, key, issuer, serial, notBefore, notAfter } = request;
  const isAuthority = kind === 'authority';
  const spki = spkiOf(key);
  const parent = issuer === null ? null : pkijs.Certificate.fromBER(plain(issuer.certificate));
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  // A DER integer must be positive and without a leading zero.
  const number = Uint8Array.from(serial, (byte, index) => (index === 0 ? (byte & 0x7f) | 0x40 : byte));
  certificate.serialNumber = new asn1js.Integer({ valueHex: plain(number) });
  certificate.subject = nameOf(organisation, isAuthority ? OWN_AUTHORITY : 'diploma seal');
  certificate.issuer = parent === null ? certificate.subject : parent.subject;
  certificate.notBefore = timeOf(notBefore);
  certificate.notAfter = timeOf(notAfter);
  certificate.subjectPublicKeyInfo.fromSchema(asn1js.fromBER(plain(spki)).result);
  const address = new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 6, value: organisation.url })] });
  const usage = new pkijs.ExtKeyUsage({ keyPurposes: SEAL_USAGES });
  const issuerKey = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: plain(keyIdentifier(spkiOf(issuer?.key ?? key))) }),
  });
  const constraints = new pkijs.BasicConstraints(isAuthority ? { cA: true, pathLenConstraint: 0 } : {});
  certificate.extensions = [
    extension(OID.basicConstraints, constraints.toSchema(), true),
    extension(OID.keyUsage, bits(isAuthority ? AUTHORITY_BITS : SEAL_BITS), true),
    ...(isAuthority ? [] : [extension(OID.extendedKeyUsage, usage.toSchema(), false)]),
    extension(OID.subjectKeyIdentifier, new asn1js.OctetString({ valueHex: plain(keyIdentifier(spki)) }), false),
    extension(OID.authorityKeyIdentifier, issuerKey.toSchema(), false),
    extension(OID.subjectAltName, address.toSchema(), false),
  ];
  const pkcs8 = (issuer?.key ?? key).export({ type: 'pkcs8', format: 'der' });
  await certificate.sign(await webcrypto.subtle.importKey('pkcs8', pkcs8, RSA, false, ['sign']), 'SHA-256');
  return new Uint8Array(certificate.toSchema(true).toBER(false));
}

/** A distinguished name with one attribute per set; the library would put all attributes into one set. */
function nameOf({ name, country }: Organisation, role: string): pkijs.RelativeDistinguishedNames {
  const part = (id: string, value: asn1js.BaseBlock) =>
    new asn1js.Set({ value: [new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: id }), value] })] });
  const text = (value: string) => new asn1js.Utf8String({ value });
  const room = LONGEST_NAME - role.length - 2;
  const parts = [
    ...(country === null ? [] : [part(OID.country, new asn1js.PrintableString({ value: country }))]),
    part(OID.organisation, text(shortened(name, LONGEST_NAME))),
    part(OID.commonName, text(`${shortened(name, room)}, ${role}`)),
  ];
  const encoded = new asn1js.Sequence({ value: parts }).toBER(false);
  return new pkijs.RelativeDistinguishedNames({ schema: asn1js.fromBER(encoded).result });
}

function shortened(text: string, most: number): string {
  return [...text].slice(0, most).join('').trim();
}

function extension(extnID: string, value: asn1js.BaseBlock, critical: boolean): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });
}

function bits({ byte, unused }: { byte: number; unused: number }): asn1js.BitString {
  return new asn1js.BitString({ valueHex: plain(Uint8Array.of(byte)), unusedBits: unused });
}

function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

/** RFC 5280, 4.2.1.2, method (1), with SHA-256 cut to 20 bytes (RFC 7093) over the whole SubjectPublicKeyInfo. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  return createHash('sha256').update(spki).digest().subarray(0, 20);
}

/** Copies bytes into a buffer of their own, which asn1js requires. */
function plain(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
