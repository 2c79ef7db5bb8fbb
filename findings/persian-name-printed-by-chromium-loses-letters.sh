#!/usr/bin/env bash
# Guess: a Persian name in a page that Chromium prints as PDF can be copied out of it letter by letter, perhaps in presentation
#   forms or in another order; a browser is what many certificate services draw with.
# Seen (Chromium 156, Noto Naskh Arabic 0.4.5, npm pdfjs-dist 5.6.205, pypdf 3.4.1, mupdf-tools 1.21.1, poppler-utils 22.12):
#   letters are lost. Four of the twelve letters of "علی‌رضا می‌نژاد" come back as U+0000 from pdf.js and pypdf, and as U+FFFD from mutool:
#   the font splits them into a base and dots, and the file has no text for the base. pdftotext has every letter, but
#   with spaces inside the words. With DejaVu Sans, which has one glyph for each letter, nothing is lost.
# Why it matters: the picture is right, so nobody sees it until a name is copied or a screen reader reads it. The choice
#   of the font decides it, so a test with another font proves nothing.
# Needs: node, npm, chromium, pdftotext, mutool, /usr/bin/python3 with pypdf, DejaVu Sans. Exit code 0 while this holds.
set -euo pipefail
for tool in node npm chromium pdftotext mutool /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dejavu=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
[ -e $dejavu ] || { echo "missing: $dejavu"; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @expo-google-fonts/noto-naskh-arabic@0.4.5 pdfjs-dist@5.6.205
print() {
  cat > "$1.html" <<HTML
<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>Fictional</title>
<style>@font-face { font-family: F; src: url($2) } body { font: 24px F }</style><p>علی‌رضا می‌نژاد</p></html>
HTML
  chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$1.pdf" "file://$dir/$1.html" >/dev/null 2>&1
}
print naskh "$(find node_modules -name NotoNaskhArabic_400Regular.ttf)"
print dejavu $dejavu
cat > pdfjs.mjs <<'JS'
import { readFileSync } from 'node:fs';
const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
const file = await getDocument({ data: new Uint8Array(readFileSync(process.argv[2])), verbosity: 0 }).promise;
const { items } = await (await file.getPage(1)).getTextContent();
process.stdout.write(items.map(({ str }) => str).join(''));
JS
# Number of places where a letter is missing.
lost() { /usr/bin/python3 -c 'import sys; text = sys.stdin.buffer.read().decode(); print(text.count("\0") + text.count("\ufffd"))'; }
by_pdfjs() { node pdfjs.mjs "$1.pdf" 2>/dev/null; }
by_pypdf() { /usr/bin/python3 -c 'import pypdf, sys; print(pypdf.PdfReader(sys.argv[1]).pages[0].extract_text())' "$1.pdf"; }
by_mutool() { mutool draw -q -F text "$1.pdf" 1 2>/dev/null; }
by_pdftotext() { pdftotext "$1.pdf" -; }
same=0
for font in naskh dejavu; do
  for reader in pdfjs pypdf mutool pdftotext; do
    count=$("by_$reader" $font | lost)
    echo "$font, $reader: $count letters lost"
    case "$font $reader" in
      'naskh pdftotext' | dejavu*) [ "$count" = 0 ] || same=1 ;;
      *) [ "$count" -ge 3 ] || same=1 ;;
    esac
  done
done
[ $same = 0 ] && echo PASS && exit 0
echo "CHANGED ($(chromium --version))"; exit 1
