#!/usr/bin/env bash
# Guess: packages that give the words of a name capital initials leave the apostrophe of an Uzbek name where it is, and no letter
#   after it becomes a capital; at the worst they treat it as they treat O'Brien.
# Seen on 30 November 2026 (capitalize 2.0.4, change-case 5.4.4, lodash.startcase 4.4.0, title-case 4.3.2):
#   - `capitalize.words` takes every letter outside of ASCII for a gap between two words. "oʻktam" becomes "OʻKtam" with the right
#     letter (U+02BB) and with U+2018, and "əli məmmədov" of Azerbaijan becomes "əLi MəMmədov": the first letter stays small;
#   - `capitalCase` of change-case keeps U+02BB, but removes both usual replacements of it and writes two words: "O Ktam Qo Chqorov";
#   - `startCase` of lodash does so with U+2018. With ' it drops the apostrophe ("Oktam Qochqorov"), and it takes the accent
#     off another letter: "Oğlu" becomes "Oglu";
#   - `titleCase` is right for all of them.
# Why it matters: names typed in small letters are common in registration forms, and "OʻKtam" or "O Ktam" on a diploma is another name.
#   Gramota prints a name as it was given; a doubtful one waits for a person.
# Needs: node, npm. The persons are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent capitalize@2.0.4 change-case@5.4.4 lodash.startcase@4.4.0 title-case@4.3.2
cat > names.mjs <<'JS'
import capitalize from 'capitalize';
import { capitalCase } from 'change-case';
import startCase from 'lodash.startcase';
import { titleCase } from 'title-case';
for (const name of ['o\u02bbktam qo\u02bbchqorov', 'o\u2018ktam qo\u2018chqorov', "o'ktam qo'chqorov", 'əli məmmədov oğlu'])
  console.log([name, capitalize.words(name), capitalCase(name), startCase(name), titleCase(name)].join(' | '));
JS
seen=$(node names.mjs)
echo "$seen"
expected='oʻktam qoʻchqorov | OʻKtam QoʻChqorov | Oʻktam Qoʻchqorov | Oʻktam Qoʻchqorov | Oʻktam Qoʻchqorov
o‘ktam qo‘chqorov | O‘Ktam Qo‘Chqorov | O Ktam Qo Chqorov | O Ktam Qo Chqorov | O‘ktam Qo‘chqorov
o'"'"'ktam qo'"'"'chqorov | O'"'"'ktam Qo'"'"'chqorov | O Ktam Qo Chqorov | Oktam Qochqorov | O'"'"'ktam Qo'"'"'chqorov
əli məmmədov oğlu | əLi MəMməDov Oğlu | Əli Məmmədov Oğlu | Əli Məmmədov Oglu | Əli Məmmədov Oğlu'
[ "$seen" = "$expected" ] && echo PASS && exit 0
echo CHANGED; exit 1
