#!/usr/bin/env bash
# Guess: pdfkit draws a Hebrew name of two words either right, or with its words in the wrong order; it says that it has no
#   support for bidirectional text.
# Seen (pdfkit 0.20.2, Noto Serif Hebrew 0.4.2, poppler-utils 22.12): neither. The letters and the order of the words are
#   right, but the last space of the line is lost: "שרה לוי" is drawn as "שרהלוי", one word, and of the three words of
#   "אברהם בן דוד" two stick together. The same text in one word has no fault, nor has a Latin name.
# Why it matters: a diploma with a wrong name looks right to people who do not read the script. The text must be laid out
#   as one line before it reaches pdfkit's own layout.
# Needs: node, npm, pdftotext. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm pdftotext; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 @expo-google-fonts/noto-serif-hebrew@0.4.2
cat > draw.cjs <<'JS'
const { createWriteStream } = require('node:fs');
const PDFDocument = require('pdfkit');
const font = require.resolve('@expo-google-fonts/noto-serif-hebrew/400Regular/NotoSerifHebrew_400Regular.ttf');
for (const [file, name] of [['two', 'שרה לוי'], ['three', 'אברהם בן דוד'], ['one', 'שרה']]) {
  const doc = new PDFDocument();
  doc.pipe(createWriteStream(`${file}.pdf`));
  doc.font(font).fontSize(24).text(name, 72, 72);
  doc.end();
}
JS
node draw.cjs
words() { pdftotext -layout "$1.pdf" - | tr -d '\n\f' | LC_ALL=C sed 's/\xe2\x80[\xaa-\xae]//g; s/^ *//; s/ *$//'; }
for file in one two three; do echo "$file: $(words $file)"; done
[ "$(words one)" = 'שרה' ] && [ "$(words two | wc -w)" = 1 ] && [ "$(words three | wc -w)" = 2 ] && echo PASS && exit 0
echo CHANGED; exit 1
