import { createHash, verify, type X509Certificate } from 'node:crypto';
import { type BaseBlock, Constructed, fromBER, ObjectIdentifier, OctetString } from 'asn1js';
import type { Signature } from './pdfium-document.ts';
import type { SelfCheckFault } from './self-check.ts';

const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
/** The SignedAttributes are signed as a SET, but the message contains them under the tag [0] (RFC 5652, 5.4). */
const SET = 0x31;

const fault = (detail: string): SelfCheckFault => ({ check: 'seal', detail });

/**
 * Checks the seal of a whole file: there is one signature; its byte range covers the file except the signature's own
 * contents; the digest matches these bytes; the key of the expected certificate made it. Trust in that certificate is
 * not checked here.
 */
export function sealFault(
  signatures: readonly Signature[],
  pdf: Uint8Array,
  sealedBy: X509Certificate | null,
): SelfCheckFault | null {
  const wanted = sealedBy === null ? 0 : 1;
  if (signatures.length !== wanted) return fault(`the file has ${signatures.length} seals instead of ${wanted}`);
  const [signature] = signatures;
  if (signature === undefined || sealedBy === null) return null;
  const covered = coveredBytes(signature, pdf);
  if (covered === null) return fault('the seal does not protect the whole file: bytes were added after sealing');
  const message = readMessage(signature.contents, sealedBy);
  if (message === null) return fault('the seal is not a signature by the seal certificate');
  const digest = createHash('sha256');
  for (const part of covered) digest.update(part);
  if (!message.digest.equals(digest.digest())) return fault('the file differs from what was sealed');
  const genuine = verify('sha256', message.attributes, sealedBy.publicKey, message.signature);
  return genuine ? null : fault('the signature of the seal is invalid');
}

/** The two sealed parts, or null when the byte range leaves out anything but the signature's contents. */
function coveredBytes({ byteRange, contents }: Signature, pdf: Uint8Array): [Uint8Array, Uint8Array] | null {
  const [from, before, next, after, ...more] = byteRange;
  if (from !== 0 || before === undefined || next === undefined || after === undefined || more.length > 0) return null;
  if (next + after !== pdf.length) return null;
  const gap = Buffer.from(pdf.buffer, pdf.byteOffset + before, next - before).toString('latin1');
  if (gap.toLowerCase() !== `<${contents.toString('hex')}>`) return null;
  return [pdf.subarray(0, before), pdf.subarray(next)];
}

interface SealMessage {
  digest: Buffer;
  /** The signed attributes in the encoding that was signed. */
  attributes: Buffer;
  signature: Buffer;
}

const childrenOf = (block: BaseBlock | undefined): BaseBlock[] =>
  block instanceof Constructed ? (block.valueBlock.value as BaseBlock[]) : [];

const bytesOf = (block: BaseBlock | undefined): Buffer => Buffer.from(block?.valueBeforeDecodeView ?? []);

interface Place {
  at: number;
  length: number;
}

/** A message that was read completely, and the places of what differs between the messages of one key. */
interface ReadBefore {
  certificate: Buffer;
  contents: Buffer;
  digest: Place;
  attributes: Place;
  signature: Place;
}

let readBefore: ReadBefore | null = null;

/**
 * Reads a seal. Parsing takes milliseconds, and all seals of a key are equal but for digest and signature: a message
 * that equals one that was read before in every other byte has them in the same places.
 */
function readMessage(contents: Buffer, sealedBy: X509Certificate): SealMessage | null {
  if (readBefore !== null && isLike(contents, sealedBy, readBefore)) {
    const { digest, attributes, signature } = readBefore;
    const partAt = ({ at, length }: Place) => Buffer.from(contents.subarray(at, at + length));
    const signed = partAt(attributes);
    signed[0] = SET;
    return { digest: partAt(digest), attributes: signed, signature: partAt(signature) };
  }
  const message = parseMessage(contents, sealedBy);
  if (message !== null) readBefore = placesIn(contents, sealedBy, message);
  return message;
}

function isLike(contents: Buffer, sealedBy: X509Certificate, before: ReadBefore): boolean {
  if (contents.length !== before.contents.length || !before.certificate.equals(sealedBy.raw)) return false;
  const [first, second] = [before.digest, before.signature].toSorted((a, b) => a.at - b.at) as [Place, Place];
  const rest: [number, number][] = [
    [0, first.at],
    [first.at + first.length, second.at],
    [second.at + second.length, contents.length],
  ];
  return rest.every(([from, to]) => contents.subarray(from, to).equals(before.contents.subarray(from, to)));
}

/** Null when a part does not occur exactly once. */
function placesIn(contents: Buffer, sealedBy: X509Certificate, message: SealMessage): ReadBefore | null {
  // The tag of the signed attributes differs from what was signed.
  const [digest, attributes, signature] = [message.digest, message.attributes.subarray(1), message.signature].map(
    (part): Place | null => {
      const at = contents.indexOf(part);
      return at < 0 || contents.indexOf(part, at + 1) >= 0 ? null : { at, length: part.length };
    },
  );
  if (!digest || !attributes || !signature) return null;
  const whole = { at: attributes.at - 1, length: attributes.length + 1 };
  return { certificate: sealedBy.raw, contents: Buffer.from(contents), digest, attributes: whole, signature };
}

/** Parses CMS SignedData (RFC 5652) with one signer and signed attributes; null for anything else. */
function parseMessage(contents: Buffer, sealedBy: X509Certificate): SealMessage | null {
  const { result, offset } = fromBER(contents);
  if (offset <= 0) return null;
  const signedData = childrenOf(childrenOf(childrenOf(result)[1])[0]);
  const certificates = childrenOf(signedData.find((block) => isContext(block, 0)));
  if (!certificates.some((certificate) => bytesOf(certificate).equals(sealedBy.raw))) return null;
  const signers = childrenOf(signedData.at(-1));
  const signer = childrenOf(signers[0]);
  const signed = signer.find((block) => isContext(block, 0));
  const signature = signer.find((block) => block instanceof OctetString);
  const digest = childrenOf(signed).map(childrenOf).find(isDigest)?.[1];
  const value = childrenOf(digest)[0];
  if (signers.length !== 1 || !(signature instanceof OctetString) || !(value instanceof OctetString)) return null;
  const attributes = bytesOf(signed);
  attributes[0] = SET;
  return {
    digest: Buffer.from(value.valueBlock.valueHexView),
    attributes,
    signature: Buffer.from(signature.valueBlock.valueHexView),
  };
}

const isContext = ({ idBlock }: BaseBlock, tag: number): boolean => idBlock.tagClass === 3 && idBlock.tagNumber === tag;

const isDigest = ([type]: BaseBlock[]): boolean =>
  type instanceof ObjectIdentifier && type.valueBlock.toString() === MESSAGE_DIGEST;
