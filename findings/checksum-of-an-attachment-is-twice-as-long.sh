#!/usr/bin/env bash
# Guess: the checksum that a PDF states for an attached file is the MD5 sum of the contents, so that a reader can tell a damaged credential from a
#   whole one; ISO 32000-1 (7.11.4, table 46) asks for a string of 16 bytes.
# Seen on 30 November 2026 (pdfkit 0.20.2; mupdf 1.28.1 of npm, qpdf 11.3 of Debian 12): pdfkit writes the sum as 32 letters ("6e0987…") where 16 bytes
#   belong, so `qpdf --list-attachments --verbose` shows the codes of the letters, 64 digits. It is equal to the sum of no contents. mupdf
#   and qpdf write 16 bytes for the same file.
# Why it matters: a check of attachments by their checksums calls every credential in such a diploma damaged, though its bytes are right.
#   Gramota is not affected: it attaches files itself, with 16 bytes (src/diploma/pdf/pdf-container.ts).
# Needs: node, npm, qpdf. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm qpdf md5sum; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2 mupdf@1.28.1
printf '{"type":["OpenBadgeCredential"]}' > credential.json
cat > attach.mjs <<'JS'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import * as mupdf from 'mupdf';
import PDFDocument from 'pdfkit';
const bytes = readFileSync('credential.json');
const other = new mupdf.PDFDocument();
other.insertPage(0, other.addPage([0, 0, 100, 100], 0, {}, ''));
other.insertEmbeddedFile('credential.json', other.addEmbeddedFile('credential.json', 'application/json', bytes, new Date(), new Date(), true));
writeFileSync('mupdf.pdf', other.saveToBuffer('').asUint8Array());
const doc = new PDFDocument();
doc.pipe(createWriteStream('pdfkit.pdf'));
doc.file(bytes, { name: 'credential.json', type: 'application/json' });
doc.text('Diploma');
doc.end();
JS
node attach.mjs
qpdf mupdf.pdf --pages . 1 -- --remove-attachment=credential.json plain.pdf
qpdf plain.pdf --add-attachment credential.json -- qpdf.pdf
sum=$(md5sum credential.json | cut -d ' ' -f 1)
letters=$(printf '%s' "$sum" | od -An -tx1 | tr -d ' \n')
seen=$(
  for writer in mupdf qpdf pdfkit; do
    stated=$(qpdf --list-attachments --verbose "$writer.pdf" | sed -n 's/.*checksum: //p' | head -1)
    qpdf --show-attachment=credential.json "$writer.pdf" | cmp -s - credential.json && contents=whole || contents=changed
    case $stated in
      "$sum") echo "$writer: contents $contents, checksum is the sum" ;;
      "$letters") echo "$writer: contents $contents, checksum is the letters of the sum" ;;
      *) echo "$writer: contents $contents, checksum $stated" ;;
    esac
  done
)
echo "$seen"
expected='mupdf: contents whole, checksum is the sum
qpdf: contents whole, checksum is the sum
pdfkit: contents whole, checksum is the letters of the sum'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
