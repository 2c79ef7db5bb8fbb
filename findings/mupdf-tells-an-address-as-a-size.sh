#!/usr/bin/env bash
# Guess: the `size` that a PDF reader tells of an attached file is the size that the file states, or that the contents have.
# Seen on 29 November 2026 (mupdf 1.28.1 of npm, pdfkit 0.20.2): it is neither. For an attachment of 7 bytes whose `Params` say 7,
#   `getFilespecParams` says several millions: the method asks for the name a second time and returns its place in memory. Where the
#   PDF states no dates, it gives 31 December 1969, 23:59:59. Name, media type, stated dates and contents are right.
# Why it matters: credentials are attached to diplomas, and a program that accepts only small attachments refuses each one, or reserves
#   memory for millions. Gramota is not affected: it reads attachments with PDFium, by their contents.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent mupdf@1.28.1 pdfkit@0.20.2
cat > sizes.mjs <<'JS'
import * as mupdf from 'mupdf';
import PDFDocument from 'pdfkit';
const pdf = new PDFDocument();
const chunks = [];
pdf.on('data', (chunk) => chunks.push(chunk));
const ended = new Promise((resolve) => pdf.on('end', resolve));
pdf.file(Buffer.from('{"a":1}'), { name: 'credential.json', type: 'application/json' });
pdf.end();
await ended;
const read = mupdf.Document.openDocument(Buffer.concat(chunks), 'application/pdf');
const [file] = Object.values(read.getEmbeddedFiles());
const { filename, mimetype, size, creationDate } = read.getFilespecParams(file);
const stated = file.get('EF', 'F', 'Params', 'Size').asNumber();
const real = read.getEmbeddedFileContents(file).getLength();
console.log(`${filename}, ${mimetype}: states ${stated}, has ${real}, told ${size > 1_000_000 ? 'more than a million' : size}; date ${creationDate.toISOString()}`);
JS
seen=$(node sizes.mjs)
echo "$seen"
expected='credential.json, application/json: states 7, has 7, told more than a million; date 1969-12-31T23:59:59.000Z'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
