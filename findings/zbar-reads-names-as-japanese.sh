#!/usr/bin/env bash
# Guess: a QR code whose bytes are UTF-8 is read as UTF-8 by every scanner; the standard's mark for the character set
#   (ECI) is not needed, as nearly all generators leave it out.
# Seen (zbar-tools 0.23.92 of Debian 12, bwip-js 4.11.4, jsqr 1.4.0, @zxing/library 0.23.0): ZBar guesses the character set
#   by the bytes. Names with few letters outside ASCII, or with certain pairs of bytes, come out as Shift JIS, without a
#   warning and with exit code 0: "Oʻtkir" is read as "O妡tkir", "Muhabbet Garaýewa" as "Muhabbet Gara羸ewa", and the
#   Russian "Ольга" as half-width katakana; the Kazakh "Айгүл Қасымова" is right. jsQR and ZXing read all of them. With
#   the ECI mark for UTF-8, ZBar reads all of them too.
# Why it matters: ZBar is in many scanner programs and in Debian. A code on a diploma that holds a name, not only an
#   address in ASCII, must carry the mark; a test with Kazakh or most Russian names would not show the fault.
# Needs: node, npm, zbarimg. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm zbarimg; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent bwip-js@4.11.4 jsqr@1.4.0 @zxing/library@0.23.0 pngjs@7.0.0
cat > scan.cjs <<'JS'
const { execFileSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const bwip = require('bwip-js');
const jsQR = require('jsqr');
const { PNG } = require('pngjs');
const zxing = require('@zxing/library');
const EXPECTED = {
  'Oʻtkir': 'O妡tkir',
  'Muhabbet Garaýewa': 'Muhabbet Gara羸ewa',
  'Ольга': 'ﾐ榧ｻﾑ糊ｳﾐｰ',
  'Айгүл Қасымова': 'Айгүл Қасымова',
};
const byZbar = () => execFileSync('zbarimg', ['-q', '--raw', '--nodbus', 'code.png'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
function byZxing({ data, width, height }) {
  const grey = Uint8ClampedArray.from({ length: width * height }, (_, at) => data[at * 4]);
  const source = new zxing.RGBLuminanceSource(grey, width, height);
  return new zxing.QRCodeReader().decode(new zxing.BinaryBitmap(new zxing.HybridBinarizer(source))).getText();
}
(async () => {
  let same = true;
  for (const [name, guessed] of Object.entries(EXPECTED)) {
    for (const mark of ['', '^ECI000026']) {
      const text = mark + Buffer.from(name).toString('latin1');
      const look = { scale: 4, paddingwidth: 10, paddingheight: 10, backgroundcolor: 'FFFFFF' };
      const png = await bwip.toBuffer({ bcid: 'qrcode', text, binarytext: true, parsefnc: true, ...look });
      writeFileSync('code.png', png);
      const picture = PNG.sync.read(png);
      const read = { zbar: byZbar(), jsqr: jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height).data, zxing: byZxing(picture) };
      console.log(`${name} ${mark === '' ? 'without' : 'with'} ECI:`, JSON.stringify(read));
      same &&= read.zbar === (mark === '' ? guessed : name) && read.jsqr === name && read.zxing === name;
    }
  }
  process.exitCode = same ? 0 : 1;
})();
JS
node scan.cjs && echo PASS && exit 0
echo "CHANGED (zbarimg $(zbarimg --version | head -1))"; exit 1
