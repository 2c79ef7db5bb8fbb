#!/usr/bin/env bash
# Guess: what PDFium (Chrome's reader) extracts from a line of text depends on this line and at most on its neighbours.
# Seen (npm @hyzyla/pdfium 2.1.13 over a page by pdfkit 0.20.2 with Noto Sans Hebrew 0.4.1): the same Hebrew word at the same place is
#   - one word, אברהם, on a page without a table;
#   - three lines, רהם / ב / א, when a table of two rows stands far below it.
#   pdfkit writes letters that need an offset as text objects of one character. For such an object PDFium takes the direction
#   of text from the whole page, and a table with an empty middle looks to it like a page of vertical text.
# Why it matters: a diploma with a name above a table of modules. Whoever draws must give such an object a second character, for
#   example a space without width; a check of the extracted text needs pages with tables of all lengths.
# Needs: node, npm. Exit code 0 while this holds.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 @hyzyla/pdfium@2.1.13 @expo-google-fonts/noto-sans-hebrew@0.4.1
cat > both.mjs <<'JS'
import { PDFiumLibrary } from '@hyzyla/pdfium';
import PDFDocument from 'pdfkit';

const FACE = 'node_modules/@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf';
const page = (rows) => {
  const pdf = new PDFDocument({ size: 'A4', layout: 'landscape' });
  const parts = [];
  pdf.on('data', (part) => parts.push(part));
  pdf.font(FACE).fontSize(11).text('אברהם', 76, 105, { lineBreak: false });
  pdf.font('Helvetica').fontSize(9.5);
  for (let row = 0; row < rows; row += 1) {
    pdf.text(`${row + 1}. Sample module`, 76, 180 + row * 16.5, { lineBreak: false });
    pdf.text('10', 747, 180 + row * 16.5, { lineBreak: false });
  }
  pdf.end();
  return new Promise((resolve) => pdf.on('end', () => resolve(Buffer.concat(parts))));
};

const library = await PDFiumLibrary.init();
for (const rows of [0, 2]) {
  const document = await library.loadDocument(await page(rows));
  const lines = document.getPage(0).getText().split('\r\n');
  console.log(`${rows} rows: ${lines.filter((line) => /\p{Script=Hebrew}/u.test(line)).join(' / ')}`);
  document.destroy();
}
library.destroy();
JS
seen=$(node both.mjs)
echo "$seen"
[ "$seen" = $'0 rows: אברהם\n2 rows: רהם / ב / א' ] && echo PASS && exit 0
echo 'CHANGED'; exit 1
