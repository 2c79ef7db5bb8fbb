#!/usr/bin/env bash
# Guess: pdfkit escapes the title and the author when it writes them into the XMP packet of a PDF/A file, as it does in `Info`.
# Seen (pdfkit 0.20.2, poppler-utils 22.12): it does not. The course "Physics & chemistry <grades 5-9>" makes a packet
#   that is not well-formed XML. `pdfinfo` shows the right title from `Info`, so the file looks sound; a program that reads
#   XMP, and a validator of PDF/A, reads none of it.
# Why it matters: the packet holds the claim "PDF/A"; with such a title an archive refuses the diploma. The texts must be
#   escaped before pdfkit gets them, for XMP only.
# Needs: node, npm, pdfinfo, python3. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm pdfinfo python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 @expo-google-fonts/noto-serif@0.4.2
cat > draw.cjs <<'JS'
const { createWriteStream } = require('node:fs');
const PDFDocument = require('pdfkit');
const font = require.resolve('@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf');
for (const [file, Title] of [['plain', 'Physics and chemistry'], ['signs', 'Physics & chemistry <grades 5-9>']]) {
  const doc = new PDFDocument({ pdfVersion: '1.7', subset: 'PDF/A-3b', tagged: true, lang: 'en', font, info: { Title } });
  doc.pipe(createWriteStream(`${file}.pdf`));
  doc.text('Fictional diploma');
  doc.end();
}
JS
node draw.cjs
cat > parse.py <<'PY'
import sys, xml.dom.minidom
text = sys.stdin.read()
try:
    xml.dom.minidom.parseString(text[text.index('<x:xmpmeta'):text.index('</x:xmpmeta>') + 12].encode())
    print('well-formed')
except Exception as error:
    print('not well-formed:', error)
PY
for file in plain signs; do echo "$file: $(pdfinfo $file.pdf | sed -n 's/^Title: *//p'); $(pdfinfo -meta $file.pdf | python3 parse.py)"; done
pdfinfo -meta plain.pdf | python3 parse.py | grep -qx well-formed && pdfinfo -meta signs.pdf | python3 parse.py | grep -q '^not' && echo PASS && exit 0
echo CHANGED; exit 1
