#!/usr/bin/env bash
# A baked Open Badge passed through sharp, told to keep its metadata.
#
# The guess: a tool either keeps the iTXt chunk in which Open Badges 3.0 bakes a credential, or drops it.
# Tried with sharp 0.35.5 (libvips 8.18.7) on a PNG with one iTXt chunk of the keyword `openbadgecredential`.
# Seen: without options the chunk is dropped. With `withMetadata()` it is there, but as zTXt: same keyword, same text, compressed,
# another type of chunk. Open Badges 3.0 ("Baking a PNG") requires iTXt, so a verifier finds no credential.
# Why it matters: sites that shrink uploads with sharp turn a valid badge into one whose credential is hidden in another
# chunk. The message "no credential is baked in" would be wrong; the holder should use the original image.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sharp@0.35.5 >/dev/null
cat >try.mjs <<'JS'
import { crc32, inflateSync } from 'node:zlib';
import sharp from 'sharp';

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};
const chunksOf = (png) => {
  const found = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    found.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + png.readUInt32BE(at)) });
  return found;
};
const KEYWORD = 'openbadgecredential';
const textOf = (png) => chunksOf(png).filter(({ data }) => data.toString('latin1', 0, KEYWORD.length + 1) === `${KEYWORD}\0`);

const credential = JSON.stringify({ type: ['VerifiableCredential', 'OpenBadgeCredential'], name: 'Fictional' });
const bare = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'white' } }).png().toBuffer();
const baked = Buffer.concat([
  bare.subarray(0, 33),
  chunk('iTXt', Buffer.from(`${KEYWORD}\0\0\0\0\0${credential}`)),
  bare.subarray(33),
]);
const dropped = textOf(await sharp(baked).png().toBuffer());
const kept = textOf(await sharp(baked).withMetadata().png().toBuffer());
const text = kept[0] && inflateSync(kept[0].data.subarray(KEYWORD.length + 2)).toString();
console.log('before:', textOf(baked).map(({ type }) => type), 'dropped:', dropped.length, 'kept as:', kept.map(({ type }) => type));
const asSeen = dropped.length === 0 && kept.length === 1 && kept[0].type === 'zTXt' && text === credential;
process.exit(asSeen ? 0 : 1);
JS
node try.mjs && echo PASS
