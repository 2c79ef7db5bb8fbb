#!/usr/bin/env bash
# Guess: programs that check DKIM agree on a valid letter; names in the head are bytes for them, whatever the alphabet.
# Seen on 30 November 2026 (mailauth 4.13.3, nodemailer 10.6.1; dkimpy 1.1.4 and Mail::DKIM 1.20230212 of Debian 12): with names in UTF-8 in
#   the head (RFC 6532, as for addresses in other alphabets) mailauth differs, but only at some letters. "Рустам" makes its verdict "bad
#   signature"; "Анна" and "рустам" do not. What it signs itself at "Рустам", the other two refuse. "р" is fine and "Р" is not: in
#   UTF-8 "Р" is D0 A0, mailauth reads bytes as Latin-1, and takes A0 for a space, which the form "relaxed" folds. So it is with "à" (C3 A0).
#   nodemailer and mailauth have one publisher; the first signs a letter to Рустам@… that the second refuses.
# Why it matters: a mail service that checks with it puts the diplomas of all people with such a name into spam, and a test with one other
#   name shows nothing. Gramota is not affected: the mail provider writes the head and signs it.
# Needs: node, npm, /usr/bin/python3 with dkim (python3-dkim), perl with Mail::DKIM (libmail-dkim-perl). Names are fictional.
#   Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm perl; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import dkim' && perl -MMail::DKIM::Verifier -e 1 || { echo 'missing: python3-dkim or libmail-dkim-perl'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent mailauth@4.13.3 nodemailer@10.6.1
cat > dkimpy.py <<'PY'
import dkim, sys
letter = open('letter.eml', 'rb').read()
if sys.argv[1] == 'sign':
    sys.stdout.buffer.write(dkim.sign(letter, b's', b'school.example', open('key.pem', 'rb').read(), canonicalize=(b'relaxed', b'relaxed')))
else:
    record = open('record.txt', 'rb').read()
    print('yes' if dkim.verify(letter, dnsfunc=lambda *args, **named: record) else 'no')
PY
cat > verify.pl <<'PERL'
use Mail::DKIM::Verifier;
use Mail::DKIM::PublicKey;
open my $record, '<', 'record.txt';
my $key = Mail::DKIM::PublicKey->parse(scalar <$record>);
no warnings 'redefine';
*Mail::DKIM::Signature::get_public_key = sub { $key };
my $verifier = Mail::DKIM::Verifier->new;
open my $letter, '<:raw', 'letter.eml';
$verifier->PRINT($_) while <$letter>;
$verifier->CLOSE;
print $verifier->result eq 'pass' ? 'yes' : 'no';
PERL
cat > letters.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import nodemailer from 'nodemailer';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' });
const record = `v=DKIM1; k=rsa; p=${keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
writeFileSync('key.pem', privateKey);
writeFileSync('record.txt', record);
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
const letterTo = (name) =>
  Buffer.from(
    [
      'From: school@school.example',
      `To: ${name} <teacher@mail.example>`,
      'Subject: Diploma',
      'Date: Mon, 30 Nov 2026 09:00:00 +0500',
      'Message-ID: <1@school.example>',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Text',
      '',
    ].join('\r\n'),
  );
async function bySigner(letter) {
  const { signatures } = await dkimSign(letter, {
    signatureData: [{ canonicalization: 'relaxed/relaxed', signingDomain: 'school.example', selector: 's', privateKey }],
  });
  writeFileSync('letter.eml', letter);
  return { mailauth: Buffer.from(signatures), dkimpy: run('/usr/bin/python3', 'dkimpy.py', 'sign') };
}
async function tell(title, letter) {
  writeFileSync('letter.eml', letter);
  const { results } = await dkimVerify(letter, { resolver: async () => [[record]] });
  const verdicts = {
    mailauth: results[0].status.result === 'pass' ? 'yes' : 'no',
    dkimpy: run('/usr/bin/python3', 'dkimpy.py', 'verify').toString().trim(),
    'Mail::DKIM': run('perl', 'verify.pl').toString(),
  };
  console.log(`${title}: ${Object.entries(verdicts).map(([checker, verdict]) => `${checker} ${verdict}`).join(', ')}`);
}
for (const name of ['Анна', 'Рустам', 'рустам', 'Vilà']) {
  const letter = letterTo(name);
  for (const [signer, head] of Object.entries(await bySigner(letter))) await tell(`${name} signed by ${signer}`, Buffer.concat([head, letter]));
}
const dkim = { domainName: 'school.example', keySelector: 's', privateKey };
const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows', dkim });
for (const to of ['анна@mail.example', 'Рустам@mail.example']) {
  const { message } = await transport.sendMail({ from: 'school@school.example', to, subject: 'Diploma', text: 'Text' });
  await tell(`${to} signed by nodemailer`, message);
}
JS
seen=$(node letters.mjs)
echo "$seen"
expected='Анна signed by mailauth: mailauth yes, dkimpy yes, Mail::DKIM yes
Анна signed by dkimpy: mailauth yes, dkimpy yes, Mail::DKIM yes
Рустам signed by mailauth: mailauth yes, dkimpy no, Mail::DKIM no
Рустам signed by dkimpy: mailauth no, dkimpy yes, Mail::DKIM yes
рустам signed by mailauth: mailauth yes, dkimpy yes, Mail::DKIM yes
рустам signed by dkimpy: mailauth yes, dkimpy yes, Mail::DKIM yes
Vilà signed by mailauth: mailauth yes, dkimpy no, Mail::DKIM no
Vilà signed by dkimpy: mailauth no, dkimpy yes, Mail::DKIM yes
анна@mail.example signed by nodemailer: mailauth yes, dkimpy yes, Mail::DKIM yes
Рустам@mail.example signed by nodemailer: mailauth no, dkimpy yes, Mail::DKIM yes'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
