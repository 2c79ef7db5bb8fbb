#!/usr/bin/env bash
# Guess: a library for Apple Wallet passes reads the `pass.strings` of a template as Xcode reads them, and what it writes can be read again.
# Seen on 30 November 2026 (passkit-generator 3.6.1; GNUstep base 1.28 of Debian 12 as the other reader): it reads an entry only if the file is
#   UTF-8 and has spaces around "=". From a file in UTF-16, as Apple's `genstrings` writes it, and from `"hours"="72 часа";` it takes nothing,
#   without a word: the finished pass has no folder `ru.lproj`. GNUstep takes both. And a text with quotation marks, given to `localize`, is
#   written as it is, unescaped: from a file with the line `"course" = "Курс "Физика"";` GNUstep reads nothing at all, other entries neither.
# Why it matters: a diploma as a pass shows the keys ("course", "hours") in place of words, to people of one language only.
#   Gramota is not affected: it makes no passes.
# Needs: node, npm, openssl, plget and plparse (gnustep-base-runtime). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm openssl plget plparse; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent passkit-generator@3.6.1
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 30 -subj '/CN=Fictional' 2>/dev/null
cat > pass.mjs <<'JS'
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { PKPass } from 'passkit-generator';
const certificate = readFileSync('certificate.pem');
const certificates = { wwdr: certificate, signerCert: certificate, signerKey: readFileSync('key.pem') };
const ICON = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const template = {
  formatVersion: 1,
  passTypeIdentifier: 'pass.example.school',
  teamIdentifier: 'FICTIONAL1',
  organizationName: 'Fictional school',
  description: 'Diploma',
  serialNumber: '1',
  generic: { primaryFields: [{ key: 'course', label: 'course', value: 'hours' }] },
};
const run = (command, ...args) => spawnSync(command, args, { input: readFileSync('try.strings') });
function byGnustep(file) {
  writeFileSync('try.strings', file);
  if (file[0] === 0xff) return run('plparse', 'try.strings').stderr.toString().includes('a dictionary') ? 'a dictionary' : 'nothing';
  const { status, stdout } = run('plget', 'hours');
  return status === 0 && stdout.length > 0 ? `hours = ${stdout.toString().trim()}` : 'nothing';
}
function tell(title, file, words) {
  const files = { 'pass.json': Buffer.from(JSON.stringify(template)), 'icon.png': ICON };
  if (file) files['ru.lproj/pass.strings'] = file;
  const pass = new PKPass(files, certificates);
  if (words) pass.localize('ru', words);
  const written = pass.getAsRaw()['ru.lproj/pass.strings'];
  if (file) console.log(`${title}: GNUstep reads ${byGnustep(file)}; the pass has ${written ? JSON.stringify(written.toString()) : 'no ru.lproj'}`);
  else console.log(`${title}: the pass has ${JSON.stringify(written.toString())}; GNUstep reads ${byGnustep(written)}`);
}
const usual = '"course" = "Курс";\n"hours" = "72 часа";\n';
tell('usual', Buffer.from(usual));
tell('UTF-16', Buffer.from(`\ufeff${usual}`, 'utf16le'));
tell('no spaces', Buffer.from(usual.replaceAll(' = ', '=')));
tell('quotation marks', null, { course: 'Курс "Физика"', hours: '72 часа' });
JS
seen=$(GNUSTEP_STRING_ENCODING=NSUTF8StringEncoding node pass.mjs)
echo "$seen"
expected='usual: GNUstep reads hours = 72 часа; the pass has "\"course\" = \"Курс\";\n\"hours\" = \"72 часа\";"
UTF-16: GNUstep reads a dictionary; the pass has no ru.lproj
no spaces: GNUstep reads hours = 72 часа; the pass has no ru.lproj
quotation marks: the pass has "\"course\" = \"Курс \"Физика\"\";\n\"hours\" = \"72 часа\";"; GNUstep reads nothing'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
