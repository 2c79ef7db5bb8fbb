#!/usr/bin/env bash
# Guess: a Hebrew name in a PDF is one string in the order of reading for every program that extracts text, as Hebrew letters
#   have no shapes and no ligatures: at worst some programs give the visual order.
# Seen (PDF printed by Chromium 156 with Noto Serif Hebrew 0.4.2; poppler-utils 22.12, mupdf-tools 1.21.1, npm mupdf 1.28.1,
#   pdfminer.six 20221105, pypdf 3.4.1): three orders from one file.
#   - pdftotext, pypdf and npm mupdf 1.28: "שרה לוי" as written.
#   - pdftotext -raw: each word as written, but the words in reverse order, so given name and family name change places.
#   - mutool 1.21 and pdfminer: all letters in reverse order.
# Why it matters: people copy names from diplomas, and registries read them by program. A check with one reader says nothing
#   about the next; no order of drawing suits both pdftotext -raw and pdftotext.
# Needs: node, npm, chromium, pdftotext, mutool, /usr/bin/python3 with pdfminer and pypdf. Exit code 0 while this holds.
set -euo pipefail
for tool in node npm chromium pdftotext mutool /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @expo-google-fonts/noto-serif-hebrew@0.4.2 mupdf@1.28.1
font=$(find node_modules -name NotoSerifHebrew_400Regular.ttf)
cat > name.html <<HTML
<!doctype html><html lang="he" dir="rtl"><meta charset="utf-8"><title>Fictional</title>
<style>@font-face { font-family: H; src: url($font) } body { font: 24px H }</style><p>שרה לוי</p></html>
HTML
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf=name.pdf "file://$dir/name.html" >/dev/null 2>&1
cat > mupdf.mjs <<'JS'
import { readFileSync } from 'node:fs';
import * as mupdf from 'mupdf';
const page = mupdf.Document.openDocument(readFileSync('name.pdf'), 'application/pdf').loadPage(0);
process.stdout.write(page.toStructuredText().asText());
JS
python() { /usr/bin/python3 -c "$1"; }
# Without the signs that only tell a program the direction.
plain() { tr -s '\n\f' '  ' | LC_ALL=C sed 's/\xe2\x80[\xaa-\xae]//g; s/^ *//; s/ *$//'; }
same=0
expect() { echo "$1: $3"; [ "$2" = "$3" ] || same=1; }
expect 'pdftotext' 'שרה לוי' "$(pdftotext name.pdf - | plain)"
expect 'pypdf' 'שרה לוי' "$(python 'import pypdf; print(pypdf.PdfReader("name.pdf").pages[0].extract_text())' | plain)"
expect 'npm mupdf' 'שרה לוי' "$(node mupdf.mjs 2>/dev/null | plain)"
expect 'pdftotext -raw' 'לוי שרה' "$(pdftotext -raw name.pdf - | plain)"
expect 'mutool' 'יול הרש' "$(mutool draw -q -F text name.pdf 1 2>/dev/null | plain)"
expect 'pdfminer' 'יול הרש' "$(python 'from pdfminer.high_level import extract_text; print(extract_text("name.pdf"))' | plain)"
[ $same = 0 ] && echo PASS && exit 0
echo "CHANGED ($(chromium --version), $(pdftotext -v 2>&1 | head -1))"; exit 1
