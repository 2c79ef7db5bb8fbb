#!/usr/bin/env bash
# Guess: fontkit, and with it pdfkit, lays out any name for which the font has glyphs.
# Seen (fontkit 2.0.4, pdfkit 0.20.2, Noto Sans Gurmukhi 0.4.1, Noto Sans Malayalam 0.4.2): common names raise a TypeError about
#   `xCoordinate` of null, so no page is drawn: "ਹਰਪ੍ਰੀਤ" (Harpreet), "ਗੁਰਵਿੰਦਰ" (Gurvinder), "കൃഷ്ണൻ" (Krishnan). fontkit asks for an
#   anchor that the font leaves out; HarfBuzz places the mark without it. "ശ്രീദേവി" of the same font is laid out.
# Why it matters: a batch that draws with it stops at the first teacher from Punjab, with an error that names neither the font
#   nor the name.
# Needs: node, npm, hb-shape. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm hb-shape; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 fontkit@2.0.4 \
  @expo-google-fonts/noto-sans-gurmukhi@0.4.1 @expo-google-fonts/noto-sans-malayalam@0.4.2
cat > draw.cjs <<'JS'
const PDFDocument = require('pdfkit');
const [, , font, name] = process.argv;
const doc = new PDFDocument();
doc.resume();
try {
  doc.font(font).text(name);
  console.log('drawn');
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
JS
same=0
expect() {
  font=$(find node_modules -name "$2_400Regular.ttf"); seen=$(node draw.cjs "$font" "$1")
  echo "$1: $seen; HarfBuzz: $(hb-shape --no-glyph-names "$font" "$1" | tr '|' '\n' | wc -l) glyphs"
  case "$seen" in $3*) ;; *) same=1 ;; esac
}
expect 'ਹਰਪ੍ਰੀਤ' NotoSansGurmukhi TypeError
expect 'ਗੁਰਵਿੰਦਰ' NotoSansGurmukhi TypeError
expect 'കൃഷ്ണൻ' NotoSansMalayalam TypeError
expect 'ശ്രീദേവി' NotoSansMalayalam drawn
[ $same = 0 ] && echo PASS && exit 0
echo CHANGED; exit 1
