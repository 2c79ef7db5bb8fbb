#!/usr/bin/env bash
# Guess: a package that writes Cyrillic in Latin letters gives each letter of a Kazakh, Uzbek or Tajik name a Latin letter, or
#   leaves out what it does not know.
# Seen (transliteration 2.6.1, cyrillic-to-translit-js 3.2.1, iuliia 0.8.2, any-ascii 0.3.3; node 20):
#   - transliteration writes the Kazakh "Ә" as "@": "Әйгерім" becomes "@ygerim". "Қ" becomes "K'", "Ҷ" becomes "Ch'".
#   - cyrillic-to-translit-js and iuliia (by ICAO Doc 9303) leave letters that are not Russian as they are: "Өmіrzaқ" is half
#     Latin and half Cyrillic, and looks right where "і" and "ә" look Latin.
#   - any-ascii gives Latin letters only: "Aygerim", "Omirzaq", "Jamshed".
# Why it matters: Latin names stand on diplomas, in file names and in addresses of letters. "@ygerim" is no name, and a name
#   of two alphabets is not found by a search.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent transliteration@2.6.1 cyrillic-to-translit-js@3.2.1 iuliia@0.8.2 any-ascii@0.3.3
cat > names.mjs <<'JS'
import { transliterate } from 'transliteration';
import translit from 'cyrillic-to-translit-js';
import * as iuliia from 'iuliia';
import anyAscii from 'any-ascii';
const make = translit.default ?? translit;
const writers = {
  transliteration: transliterate,
  'cyrillic-to-translit-js': (name) => make().transform(name),
  iuliia: (name) => iuliia.translate(name, iuliia.ICAO_DOC_9303),
  'any-ascii': anyAscii,
};
const EXPECTED = {
  Әйгерім: ['@ygerim', 'Әigerіm', 'Әigerіm', 'Aygerim'],
  Өмірзақ: ["Omirzak'", 'Өmіrzaқ', 'Өmіrzaқ', 'Omirzaq'],
  Ҷамшед: ["Ch'amshed", 'Ҷamshed', 'Ҷamshed', 'Jamshed'],
};
let same = true;
for (const [name, expected] of Object.entries(EXPECTED)) {
  const written = Object.values(writers).map((write) => write(name));
  console.log(name, Object.keys(writers).map((writer, at) => `${writer}: ${written[at]}`).join(', '));
  same &&= JSON.stringify(written) === JSON.stringify(expected);
}
process.exitCode = same ? 0 : 1;
JS
node names.mjs && echo PASS && exit 0
echo CHANGED; exit 1
