#!/usr/bin/env bash
# Guess: with `beginbfchar`, the form that Ghostscript keeps (see ghostscript-resave-loses-pdfkit-text.sh), ligatures are safe too.
# Seen (Ghostscript 10.00.0 of Debian 12, pdfkit 0.20.2, poppler-utils 22.12): a code that stands for two letters becomes
#   other letters. The table says `<code> <00660066>` for the ligature "ff"; pdftotext reads "muvaffaqiyat" ("success" in
#   Uzbek) from the file, and from Ghostscript's copy the ideograph U+6600 twice in place of "ff": the bytes of the units have
#   changed places. With the ligature switched off (`features: { liga: false }`) the word survives.
# Why it matters: Armenian "ու" is such a ligature in the Noto fonts; most Armenian texts and many surnames contain it.
# Needs: node, npm, gs, pdftotext, qpdf. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm gs pdftotext qpdf; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 @expo-google-fonts/noto-serif@0.4.2
cat > draw.cjs <<'JS'
const fs = require('node:fs');
const PDFDocument = require('pdfkit');
const font = require.resolve('@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf');
for (const [file, features] of [['ligature', undefined], ['letters', { liga: false }]]) {
  const doc = new PDFDocument({ compress: false });
  doc.pipe(fs.createWriteStream(`${file}-drawn.pdf`));
  doc.font(font).fontSize(24).text('muvaffaqiyat', { features });
  doc.end();
}
JS
node draw.cjs
# The same objects, with one bfchar line for each code.
cat > by-code.cjs <<'JS'
const fs = require('node:fs');
const name = process.argv[2];
const text = fs.readFileSync(`${name}-plain.pdf`, 'latin1');
const changed = text.replace(/\d+ beginbfrange\n([\s\S]*?)\nendbfrange/g, (_, rows) => {
  const lines = [];
  for (const [, first, list] of rows.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[(.*?)\]/g))
    list.match(/<[0-9a-f ]+>/g).forEach((to, at) => lines.push(`<${(parseInt(first, 16) + at).toString(16).padStart(4, "0")}> ${to.replaceAll(" ", "")}`));
  return `${lines.length} beginbfchar\n${lines.join('\n')}\nendbfchar`;
});
if (changed === text) throw new Error('no bfrange with an array: pdfkit writes something else now');
fs.writeFileSync(`${name}-raw.pdf`, changed, 'latin1');
JS
words() { pdftotext "$1" - | tr -s ' \n\f' ' '; }
for name in ligature letters; do
  qpdf --stream-data=uncompress --object-streams=disable "$name-drawn.pdf" "$name-plain.pdf"
  node by-code.cjs "$name"
  qpdf --warning-exit-0 "$name-raw.pdf" "$name.pdf" 2>/dev/null
  gs -q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=pdfwrite -sOutputFile="$name-resaved.pdf" "$name.pdf"
  echo "$name: $(words "$name.pdf")| resaved: $(words "$name-resaved.pdf")"
done
has() { words "$1" | grep -q "$2"; }
has ligature.pdf muvaffaqiyat && has letters.pdf muvaffaqiyat && has letters-resaved.pdf muvaffaqiyat &&
  has ligature-resaved.pdf 'muva昀昀aqiyat' && echo PASS && exit 0
echo "CHANGED (Ghostscript $(gs --version))"; exit 1
