#!/usr/bin/env bash
# Guess: Python's `email` writes a long address in `List-Unsubscribe` on a line of its own, and longer than the usual 78 letters if it must:
#   RFC 5322 allows 998, and a web address cannot be split.
# Seen on 30 November 2026 (Python 3.11.2 of Debian 12; the same in 3.13.0): from 78 letters on, the address becomes encoded words:
#   `=?utf-8?q?=3Chttps=3A//…`. RFC 2047 (5) allows them in texts, names and comments only, and RFC 8058 asks for `<https:…>` in clear. The policy
#   that the documentation advises for mail does it (`email.policy.SMTP`); the old class MIMEText and nodemailer 10.6.1 leave the address as it is.
#   `In-Reply-To` and `References` suffer the same; `Message-ID` does not.
# Why it matters: the address of a button "unsubscribe" holds a signed token, so it is always long. A mail service then shows no button, and
#   people press "spam". Gramota is not affected: the mail provider adds these lines.
# Needs: node, npm, /usr/bin/python3. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent nodemailer@10.6.1
cat > write.cjs <<'JS'
const nodemailer = require('nodemailer');
const [, , address] = process.argv;
nodemailer
  .createTransport({ streamTransport: true, buffer: true })
  .sendMail({ from: 'school@school.example', text: 'Text', headers: { 'List-Unsubscribe': address } })
  .then(({ message }) => process.stdout.write(message));
JS
cat > write.py <<'PY'
import re, subprocess
from email import policy
from email.message import EmailMessage
from email.mime.text import MIMEText

def by_new_class(address):
    letter = EmailMessage(policy=policy.SMTP)
    letter['List-Unsubscribe'] = address
    return letter.as_bytes()

def by_old_class(address):
    letter = MIMEText('Text')
    letter['List-Unsubscribe'] = address
    return letter.as_bytes()

def by_nodemailer(address):
    return subprocess.check_output(['node', 'write.cjs', address])

for length in (77, 78):
    address = '<https://school.example/u/'.ljust(length - 1, 'a') + '>'
    for writer in (by_new_class, by_old_class, by_nodemailer):
        head = re.search(rb'^List-Unsubscribe:((?:.*\n)(?:[ \t].*\n)*)', writer(address), re.M).group(1)
        print(length, writer.__name__, 'in clear' if head.strip() == address.encode() else head.strip()[:26].decode())
PY
seen=$(/usr/bin/python3 write.py)
echo "$seen"
expected='77 by_new_class in clear
77 by_old_class in clear
77 by_nodemailer in clear
78 by_new_class =?utf-8?q?=3Chttps=3A//sch
78 by_old_class in clear
78 by_nodemailer in clear'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
