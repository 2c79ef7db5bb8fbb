#!/usr/bin/env bash
# Guess: what a signer of PDF files makes can be checked, or the signer refuses the certificate; the name in the certificate is carried over as
#   bytes.
# Seen on 30 November 2026 (@signpdf/signpdf, signer-p12 and placeholder-plain 3.3.0 with node-forge 1.4.3, pdfkit 0.20.2; poppler-utils 22.12,
#   OpenSSL 3.0 of Debian 12): with a certificate of "Fictional School" the signature is valid. With one of «Вымышленная школа», or with
#   one letter "ə" of Azerbaijani, pdfsig says "Unknown Validation Failure" and shows no signer, and OpenSSL says "signer certificate not
#   found". The certificate is in the file, but a signature names its signer by the issuer of the certificate, and there the UTF-8 name was taken
#   for Latin-1 and encoded a second time.
# Why it matters: an ordinary key of a school in a country with another alphabet makes seals that are all invalid, and the tests, made with a
#   certificate in English, pass. Gramota is not affected: it writes CMS with pkijs, which takes the issuer over as it is.
# Needs: node, npm, openssl, pdfsig. The names are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm openssl pdfsig; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @signpdf/signpdf@3.3.0 @signpdf/signer-p12@3.3.0 @signpdf/placeholder-plain@3.3.0 node-forge@1.4.3 pdfkit@0.20.2
cat > sign.cjs <<'JS'
const { readFileSync, writeFileSync } = require('node:fs');
const PDFDocument = require('pdfkit');
const { P12Signer } = require('@signpdf/signer-p12');
const { plainAddPlaceholder } = require('@signpdf/placeholder-plain');
const { SignPdf } = require('@signpdf/signpdf');
(async () => {
  const doc = new PDFDocument();
  const ended = new Promise((resolve) => {
    const parts = [];
    doc.on('data', (part) => parts.push(part)).on('end', () => resolve(parts));
  });
  doc.text('Diploma');
  doc.end();
  const pdfBuffer = Buffer.concat(await ended);
  const prepared = plainAddPlaceholder({ pdfBuffer, reason: 'Diploma', contactInfo: 'none', name: 'Seal', location: 'none' });
  const signed = await new SignPdf().sign(prepared, new P12Signer(readFileSync('key.p12')));
  writeFileSync('signed.pdf', signed);
  const [, start, cut, rest] = /\/ByteRange \[(\d+) (\d+) (\d+)/.exec(signed.toString('latin1')).map(Number);
  writeFileSync('content.bin', Buffer.concat([signed.subarray(start, cut), signed.subarray(rest)]));
  writeFileSync('cms.der', Buffer.from(signed.toString('latin1', cut + 1, rest - 1), 'hex'));
})();
JS
seen=$(
  for name in 'Fictional School' 'Вымышленная школа' 'Gülnarə'; do
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 30 -utf8 -subj "/C=KZ/O=$name" \
      -addext 'keyUsage=digitalSignature,nonRepudiation' 2>/dev/null
    openssl pkcs12 -export -legacy -inkey key.pem -in certificate.pem -out key.p12 -passout pass:
    node sign.cjs
    openssl cms -verify -inform DER -in cms.der -content content.bin -binary -noverify -out /dev/null 2>openssl.txt && by_openssl=valid ||
      by_openssl=$(grep -o 'signer certificate not found' openssl.txt)
    by_poppler=$(pdfsig signed.pdf | sed -n 's/.*Signature Validation: //p')
    echo "$name: pdfsig: $by_poppler OpenSSL: $by_openssl"
  done
)
echo "$seen"
expected='Fictional School: pdfsig: Signature is Valid. OpenSSL: valid
Вымышленная школа: pdfsig: Unknown Validation Failure. OpenSSL: signer certificate not found
Gülnarə: pdfsig: Unknown Validation Failure. OpenSSL: signer certificate not found'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
