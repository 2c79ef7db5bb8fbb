#!/usr/bin/env bash
# Guess: the standard's mark for UTF-8 (ECI 26) helps a reader of codes, or the reader leaves it out. It is what makes QR codes with names
#   safe (see zbar-reads-names-as-japanese.sh), and ZXing knows it there.
# Seen on 30 November 2026 (@zxing/library 0.23.0, bwip-js 4.11.4, Zint 2.11.1 and zxing-cpp 1.4.0 of Debian 12): in an Aztec code
#   the mark turns the rest into nonsense. "Oʻtkir" is read as "HCGNPKTMX©", and no error is raised: the reader does not know the mark, takes its
#   digits for text, and stays in the wrong table of letters. In a Data Matrix code it puts U+001A before the name. Without the mark it reads the
#   bytes as Latin-1: "OÊ»tkir". Codes of both generators give the same; zxing-cpp reads all of them right. In a QR code the same
#   library reads the name right, with the mark and without.
# Why it matters: Aztec codes are small and stand on tickets and Wallet passes. A diploma's code with a name is unreadable in web pages that
#   scan with this library, by the very mark that is right. Gramota is not affected: its QR codes hold an address in ASCII.
# Needs: node, npm, zint, /usr/bin/python3 with zxingcpp and PIL (python3-zxing-cpp, python3-pil). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm zint; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import zxingcpp, PIL' || { echo 'missing: python3-zxing-cpp or python3-pil'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent bwip-js@4.11.4 @zxing/library@0.23.0 pngjs@7.0.0
cat > scan.py <<'PY'
import zxingcpp
from PIL import Image
print('|'.join(found.text for found in zxingcpp.read_barcodes(Image.open('code.png'))))
PY
cat > scan.cjs <<'JS'
const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const bwip = require('bwip-js');
const { PNG } = require('pngjs');
const zxing = require('@zxing/library');
const NAME = 'Oʻtkir';
const KINDS = {
  azteccode: { zint: '92', reader: zxing.AztecCodeReader },
  datamatrix: { zint: '71', reader: zxing.DataMatrixReader },
  qrcode: { zint: '58', reader: zxing.QRCodeReader },
};
const bytes = Buffer.from(NAME).toString('latin1');
const look = { scale: 5, paddingwidth: 12, paddingheight: 12, backgroundcolor: 'FFFFFF', binarytext: true, parsefnc: true };
const byBwip = (bcid, mark) => bwip.toBuffer({ bcid, text: mark ? `^ECI000026${bytes}` : bytes, ...look });
function byZint(kind) {
  execFileSync('zint', ['-b', KINDS[kind].zint, '--eci=26', '--scale=3', '--quietzones', '-w', '4', '-o', 'zint.png', '-d', NAME]);
  return readFileSync('zint.png');
}
function byLibrary(kind, { data, width, height }) {
  const grey = Uint8ClampedArray.from({ length: width * height }, (_, at) => data[at * 4]);
  const picture = new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(grey, width, height)));
  return new KINDS[kind].reader().decode(picture).getText();
}
(async () => {
  for (const kind of Object.keys(KINDS)) {
    const codes = { 'bwip-js, no mark': await byBwip(kind, false), 'bwip-js, mark': await byBwip(kind, true), 'Zint, mark': byZint(kind) };
    for (const [title, png] of Object.entries(codes)) {
      writeFileSync('code.png', png);
      const other = execFileSync('/usr/bin/python3', ['scan.py']).toString().trim();
      console.log(`${kind} by ${title}: @zxing/library ${JSON.stringify(byLibrary(kind, PNG.sync.read(png)))}, zxing-cpp ${JSON.stringify(other)}`);
    }
  }
})();
JS
seen=$(node scan.cjs)
echo "$seen"
expected='azteccode by bwip-js, no mark: @zxing/library "OÊ»tkir", zxing-cpp "Oʻtkir"
azteccode by bwip-js, mark: @zxing/library "HCGNPKTMX©", zxing-cpp "Oʻtkir"
azteccode by Zint, mark: @zxing/library "HCGNPKTMX©", zxing-cpp "Oʻtkir"
datamatrix by bwip-js, no mark: @zxing/library "OÊ»tkir", zxing-cpp "Oʻtkir"
datamatrix by bwip-js, mark: @zxing/library "\u001aOÊ»tkir", zxing-cpp "Oʻtkir"
datamatrix by Zint, mark: @zxing/library "\u001aOÊ»tkir", zxing-cpp "Oʻtkir"
qrcode by bwip-js, no mark: @zxing/library "Oʻtkir", zxing-cpp "Oʻtkir"
qrcode by bwip-js, mark: @zxing/library "Oʻtkir", zxing-cpp "Oʻtkir"
qrcode by Zint, mark: @zxing/library "Oʻtkir", zxing-cpp "Oʻtkir"'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
