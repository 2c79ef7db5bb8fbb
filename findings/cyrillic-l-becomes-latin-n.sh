#!/usr/bin/env bash
# Guess: a package that removes accents from Latin letters leaves Cyrillic letters alone, or takes the marks off them too ("й" to "и").
# Seen on 30 November 2026 (diacritics 1.3.0, remove-accents 0.5.0, lodash 4.18.1): diacritics leaves all marks on Cyrillic letters, and replaces one letter
#   that has none: "л" by the Latin "n". "Айгүл" becomes "Айгүn", "Людмила" becomes "Людмиna" with "а" still Cyrillic. Its table of
#   letters for "n" holds U+043B; the only other Cyrillic ones that it touches are two of the old Komi alphabet. The capital "Л" stays. The other
#   two packages leave "л" alone; remove-accents makes "и" of "й".
# Why it matters: the package is used for search and for names of files. A name with "л" is stored with a Latin letter inside, and
#   is found only by a search that went through the same package. Gramota is not affected: it has a table of its own for sound keys.
# Needs: node, npm. The names are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent diacritics@1.3.0 remove-accents@0.5.0 lodash@4.18.1
cat > names.cjs <<'JS'
const diacritics = require('diacritics');
const { deburr } = require('lodash');
const removeAccents = require('remove-accents');
const writers = { diacritics: diacritics.remove, 'remove-accents': removeAccents, lodash: deburr };
for (const name of ['Айгүл', 'Людмила', 'Йўлдош', 'Gülnarə'])
  console.log(`${name}: ${Object.entries(writers).map(([writer, write]) => `${writer} ${write(name)}`).join(', ')}`);
const cyrillic = Array.from({ length: 0x130 }, (_, at) => String.fromCodePoint(0x400 + at));
for (const [writer, write] of Object.entries(writers))
  console.log(`${writer} makes Latin of: ${cyrillic.filter((letter) => /[a-z]/i.test(write(letter))).join('') || 'none'}`);
JS
seen=$(node names.cjs)
echo "$seen"
expected='Айгүл: diacritics Айгүn, remove-accents Аигүл, lodash Айгүл
Людмила: diacritics Людмиnа, remove-accents Людмила, lodash Людмила
Йўлдош: diacritics Йўnдош, remove-accents Иўлдош, lodash Йўлдош
Gülnarə: diacritics Gulnarə, remove-accents Gulnarə, lodash Gulnarə
diacritics makes Latin of: лԁԉ
remove-accents makes Latin of: none
lodash makes Latin of: none'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
