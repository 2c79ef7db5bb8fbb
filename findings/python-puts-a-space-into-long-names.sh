#!/usr/bin/env bash
# Guess: Python's `email` reads the name in an address as the writer gave it, at least if it wrote the letter itself: a long name is split into
#   several encoded words, and RFC 2047 (6.2) says that the space between two of them is not shown.
# Seen on 30 November 2026 (Python 3.11.2 of Debian 12; the same in 3.13.0; nodemailer 10.6.1): what it writes is right. What it reads has a
#   space at each place where the name was split: "Фархад Абдумаликович Му хаммадрасулов". nodemailer splits earlier, so from its letters even
#   "Әйгерім Сәрсенб аева" comes back. The same text in the subject comes back right; so does a short name, "Анна Ким".
# Why it matters: replies and bounces are matched to people by the name, and a space inside makes another surname. Latin names
#   are not split, so tests with them pass. Gramota is not affected: it knows people by their address and number, and reads no mail.
# Needs: node, npm, /usr/bin/python3. The names are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent nodemailer@10.6.1
cat > write.cjs <<'JS'
const nodemailer = require('nodemailer');
const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
const [, , name] = process.argv;
transport
  .sendMail({ from: { name, address: 'teacher@mail.example' }, subject: name, text: 'Text' })
  .then(({ message }) => process.stdout.write(message));
JS
cat > read.py <<'PY'
import subprocess
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

for name in ('Анна Ким', 'Әйгерім Сәрсенбаева', 'Фархад Абдумаликович Мухаммадрасулов'):
    own = EmailMessage(policy=policy.SMTP)
    own['From'] = Address(name, 'teacher', 'mail.example')
    own['Subject'] = name
    for writer, letter in (('itself', own.as_bytes()), ('nodemailer', subprocess.check_output(['node', 'write.cjs', name]))):
        read = message_from_bytes(letter, policy=policy.default)
        subject = 'right' if read['subject'] == name else 'wrong'
        print(f"by {writer}: {read['from'].addresses[0].display_name}; subject {subject}")
PY
seen=$(/usr/bin/python3 read.py)
echo "$seen"
expected='by itself: Анна Ким; subject right
by nodemailer: Анна Ким; subject right
by itself: Әйгерім Сәрсенбаева; subject right
by nodemailer: Әйгерім Сәрсенб аева; subject right
by itself: Фархад Абдумаликович Му хаммадрасулов; subject right
by nodemailer: Фархад Абдумали кович Мухаммадр асулов; subject right'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
