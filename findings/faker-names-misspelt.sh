#!/usr/bin/env bash
# Guess: the names in the locales of @faker-js/faker are correctly spelt, so that a test can use each as a valid name.
# Version: @faker-js/faker 10.6.0.
# Seen: the Dutch list has a first name whose "Ö" is UTF-8 that was read as Latin-1 (U+00C3 U+0096, then "mer"), and the
#   list of Ghana has a surname with the Greek letter U+03B5 among Latin ones, where Akan has U+025B.
# Why it matters: a test that measures false alarms of a check for damaged names with this generator counts two true
#   findings as false alarms. The first name even contains a control character, which no certificate may print.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @faker-js/faker@10.6.0 >/dev/null
cat >look.mjs <<'JS'
import { allFakers } from '@faker-js/faker';
const names = ({ rawDefinitions }) => {
  const found = new Set();
  const walk = (value) => {
    if (typeof value === 'string') found.add(value);
    else if (value && typeof value === 'object') Object.values(value).forEach(walk);
  };
  for (const list of ['first_name', 'last_name']) walk(rawDefinitions.person[list]);
  return [...found];
};
const dutch = names(allFakers.nl).filter((name) => /[\u0080-\u009f]/.test(name));
const ghana = names(allFakers.en_GH).filter((name) => /\p{Script=Latin}\p{Script=Greek}/u.test(name));
console.log('nl:', JSON.stringify(dutch), 'en_GH:', JSON.stringify(ghana));
process.exit(dutch.includes('\u00c3\u0096mer') && ghana.includes('Akyer\u03b5ko') ? 0 : 1);
JS
if node look.mjs; then echo PASS; else echo "changed: the lists no longer hold these two names"; exit 1; fi
