#!/usr/bin/env bash
# Guess: a PDF with a correct ToUnicode table keeps its text when Ghostscript re-saves it, as print servers and OCRmyPDF do.
# Seen (Ghostscript 10.00.0 of Debian 12, pdfkit 0.20.2, poppler-utils 22.12): every word outside ASCII is garbled.
#   pdfkit writes the table as `beginbfrange <first> <last> [<text> <text> …]`, which is legal (ISO 32000-1, 9.10.3).
#   pdftotext reads "Ниязова" from pdfkit's file; from Ghostscript's copy it reads other letters, since only the low byte
#   of each code unit is left. "Anna" (ASCII) survives, so a test with an English name does not notice.
#   The same file with `beginbfchar`, one line a code, keeps every word.
# Why it matters: after archiving or printing through Ghostscript, the name on a diploma cannot be searched or copied.
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
const doc = new PDFDocument({ compress: false });
doc.pipe(fs.createWriteStream('drawn.pdf'));
doc.font(font).fontSize(24).text('Anna').text('Ниязова').text('Şəhla');
doc.end();
JS
node draw.cjs
# The same objects, with one bfchar line for each code.
cat > by-code.cjs <<'JS'
const fs = require('node:fs');
const text = fs.readFileSync('plain.pdf', 'latin1');
const changed = text.replace(/\d+ beginbfrange\n([\s\S]*?)\nendbfrange/g, (_, rows) => {
  const lines = [];
  for (const [, first, list] of rows.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[(.*?)\]/g))
    list.match(/<[0-9a-f ]+>/g).forEach((to, at) => lines.push(`<${(parseInt(first, 16) + at).toString(16).padStart(4, "0")}> ${to.replaceAll(" ", "")}`));
  return `${lines.length} beginbfchar\n${lines.join('\n')}\nendbfchar`;
});
if (changed === text) throw new Error('no bfrange with an array: pdfkit writes something else now');
fs.writeFileSync('by-code-raw.pdf', changed, 'latin1');
JS
qpdf --stream-data=uncompress --object-streams=disable drawn.pdf plain.pdf
node by-code.cjs
qpdf --warning-exit-0 by-code-raw.pdf by-code.pdf 2>/dev/null
words() { pdftotext "$1" - | tr -s ' \n\f' ' '; }
for name in drawn by-code; do
  gs -q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=pdfwrite -sOutputFile="$name-resaved.pdf" "$name.pdf"
  echo "$name: $(words "$name.pdf")| resaved: $(words "$name-resaved.pdf")"
done
has() { words "$1" | grep -q "$2"; }
has drawn.pdf 'Ниязова' && has by-code.pdf 'Ниязова' && has drawn-resaved.pdf 'Anna' &&
  ! has drawn-resaved.pdf 'Ниязова' && ! has drawn-resaved.pdf 'Şəhla' &&
  has by-code-resaved.pdf 'Ниязова' && has by-code-resaved.pdf 'Şəhla' && echo PASS && exit 0
echo "CHANGED (Ghostscript $(gs --version))"; exit 1
