#!/usr/bin/env bash
# Guess: a package that puts Russian names into a case and takes the gender of the person uses it; it guesses only where none is given.
# Seen on 30 November 2026 (lvovich 2.1.0, petrovich 0.2.1): `incline` of lvovich takes a person with a `gender`, as its documents and types
#   say, and never reads it: the answer has the gender that the package guesses from the name. A woman named Акмарал, Гульбахор or
#   Шахноз becomes a man in the dative ("Акмаралу"), though "female" was given, and her surname stays that of a woman ("Каримовой").
#   `inclineFirstname` of the same package obeys, and so does petrovich: "Акмарал".
# Why it matters: "Diploma awarded to …" needs the dative, and women's names of Central Asia that end in a consonant are usual. With Russian names
#   the guess is right, so tests pass. Gramota is not affected: on its diplomas a name stands alone, in the nominative.
# Needs: node, npm. The persons are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent lvovich@2.1.0 petrovich@0.2.1
cat > names.cjs <<'JS'
const { incline, inclineFirstname } = require('lvovich');
const petrovich = require('petrovich');
const gender = 'female';
for (const [first, last] of [['Анна', 'Иванова'], ['Акмарал', 'Жумабекова'], ['Гульбахор', 'Каримова'], ['Шахноз', 'Ким']]) {
  const whole = incline({ first, last, gender }, 'dative');
  const other = petrovich({ first, last, gender }, 'dative');
  console.log(`${first} ${last}: incline ${whole.first} ${whole.last} (${whole.gender}),`, `inclineFirstname ${inclineFirstname(first, 'dative', gender)}, petrovich ${other.first} ${other.last}`);
}
JS
seen=$(node names.cjs)
echo "$seen"
expected='Анна Иванова: incline Анне Ивановой (female), inclineFirstname Анне, petrovich Анне Ивановой
Акмарал Жумабекова: incline Акмаралу Жумабековой (null), inclineFirstname Акмарал, petrovich Акмарал Жумабековой
Гульбахор Каримова: incline Гульбахору Каримовой (null), inclineFirstname Гульбахор, petrovich Гульбахор Каримовой
Шахноз Ким: incline Шахнозу Киму (male), inclineFirstname Шахноз, petrovich Шахноз Ким'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
