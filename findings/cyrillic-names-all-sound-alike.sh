#!/usr/bin/env bash
# Guess: the Daitch-Mokotoff code was made for Slavic names, so a package that has it either reads Cyrillic letters or says that it cannot; the
#   others (Soundex, Metaphone) at least do not call two such names alike.
# Seen on 30 November 2026 (natural 8.1.1, double-metaphone 2.0.1): every Cyrillic name has the Daitch-Mokotoff code 000000, and
#   `compare('Иванова', 'Сидоров')` is true. Double Metaphone gives two empty codes for each. Soundex keeps the first letter only: И000
#   for all names with И. One letter of Azerbaijani makes another person: "Əliyev" is 870000 and "Aliyev" 087000.
#   And loading `natural` prints lines of another package to the standard output, among them advertisements.
# Why it matters: registrations are searched for the same person by sound. Here all people with Cyrillic names are one person, while
#   "Əliyev" and "Aliyev", who are one, are two. Gramota is not affected: it has sound keys of its own for both alphabets.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent natural@8.1.1 double-metaphone@2.0.1
cat > names.mjs <<'JS'
import { doubleMetaphone } from 'double-metaphone';
import natural from 'natural';
const [soundex, mokotoff] = [new natural.SoundEx(), new natural.SoundExDM()];
for (const name of ['Иванова', 'Исаев', 'Сидоров', 'Əliyev', 'Aliyev'])
  console.log(
    `${name}: Daitch-Mokotoff ${mokotoff.process(name)}, Soundex ${soundex.process(name)},`,
    `Double Metaphone ${JSON.stringify(doubleMetaphone(name))}`,
  );
console.log(`alike: Иванова and Сидоров ${mokotoff.compare('Иванова', 'Сидоров')}, Əliyev and Aliyev ${mokotoff.compare('Əliyev', 'Aliyev')}`);
JS
printed=$(node -e "require('natural')" 2>/dev/null | wc -l)
seen=$(node names.mjs 2>/dev/null | grep -E ': Daitch|^alike' || true)
echo "$seen"
echo "lines printed by loading natural: $printed"
expected='Иванова: Daitch-Mokotoff 000000, Soundex И000, Double Metaphone ["",""]
Исаев: Daitch-Mokotoff 000000, Soundex И000, Double Metaphone ["",""]
Сидоров: Daitch-Mokotoff 000000, Soundex С000, Double Metaphone ["",""]
Əliyev: Daitch-Mokotoff 870000, Soundex Ə410, Double Metaphone ["LF","LF"]
Aliyev: Daitch-Mokotoff 087000, Soundex A410, Double Metaphone ["ALF","ALF"]
alike: Иванова and Сидоров true, Əliyev and Aliyev false'
[ "$seen" = "$expected" ] && [ "$printed" -gt 0 ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
