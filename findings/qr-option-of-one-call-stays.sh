#!/usr/bin/env bash
# Guess: an option that is passed to one call of a QR generator counts for that call; and Kanji mode is for Japanese texts.
# Seen on 29 November 2026 (qrcode 1.5.4, qr 0.7.0, jsqr 1.4.0): `toSJISFunc`, which allows Kanji mode, stays for the whole process once a call
#   had it. After one code for a Japanese text, Russian words are written in Kanji mode as well, as Shift JIS has Cyrillic letters. jsQR
#   reads such codes. The decoder of `qr` does not know the mode, and says that it finds no code ("timing"). The Kazakh "Айгүл" stays in bytes.
# Why it matters: the same call makes two different codes, by what the process did earlier; a test that makes one code does not see
#   it. Gramota is not affected: it never passes this option, and it gives the segments of its codes itself (src/diploma/qr.ts).
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent qrcode@1.5.4 qr@0.7.0 jsqr@1.4.0
cat > codes.mjs <<'JS'
import jsQR from 'jsqr';
import decodeQR from 'qr/decode.js';
import QRCode from 'qrcode';
import toSJISFunc from 'qrcode/helper/to-sjis.js';
const SCALE = 8;
const MARGIN = 6;
function picture({ modules }) {
  const width = (modules.size + 2 * MARGIN) * SCALE;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let at = 0; at < width * width; at += 1) {
    const [row, column] = [Math.floor(at / width), at % width].map((place) => Math.floor(place / SCALE) - MARGIN);
    const isInside = row >= 0 && column >= 0 && row < modules.size && column < modules.size;
    if (isInside && modules.get(row, column)) data.fill(0, at * 4, at * 4 + 3);
  }
  return { data, width, height: width };
}
function tell(text) {
  const code = QRCode.create(text);
  const image = picture(code);
  let byQr;
  try {
    byQr = decodeQR(image);
  } catch (error) {
    byQr = `error "${error.message}"`;
  }
  const byJsqr = jsQR(image.data, image.width, image.height)?.data;
  console.log(`${text}: ${code.segments.map(({ mode }) => mode.id).join('+')}, jsQR ${byJsqr}, qr ${byQr}`);
}
tell('Ольга');
QRCode.create('山田', { toSJISFunc });
for (const text of ['Ольга', 'Айгүл']) tell(text);
JS
seen=$(node codes.mjs)
echo "$seen"
expected='Ольга: Byte, jsQR Ольга, qr Ольга
Ольга: Kanji, jsQR Ольга, qr error "timing"
Айгүл: Byte, jsQR Айгүл, qr Айгүл'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
