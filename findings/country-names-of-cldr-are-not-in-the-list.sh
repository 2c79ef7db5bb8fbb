#!/usr/bin/env bash
# Guess: i18n-iso-countries finds a country by the name that `Intl.DisplayNames` of the same language shows, for the countries
#   where the language is used: a page may show one, and read what people copied from it.
# Seen (i18n-iso-countries 7.14.0; CLDR of Node 20.20): in Russian it does not find «Молдова» and «Туркменистан», the official
#   Russian names, only «Молдавия» and «Туркмения»; in German not "Republik Moldau", in Korean not
#   the names that Korean uses today for Kyrgyzstan and Turkmenistan. It has no list for Uzbek in Cyrillic letters. Of 250
#   countries, 40 are not found by their Russian name, and 66 not by their Korean name.
# Why it matters: the country decides who may get a diploma, and in which hours. Such a list alone leaves people without one.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent i18n-iso-countries@7.14.0
cat > names.cjs <<'JS'
const countries = require('i18n-iso-countries');
const EXPECTED = { ru: ['MD', 'TM'], de: ['MD'], ko: ['KG', 'TM'] };
let same = true;
for (const [language, unknown] of Object.entries(EXPECTED)) {
  countries.registerLocale(require(`i18n-iso-countries/langs/${language}.json`));
  const shown = new Intl.DisplayNames(language, { type: 'region' });
  const lost = Object.keys(countries.getAlpha2Codes()).filter((code) => countries.getAlpha2Code(shown.of(code), language) !== code);
  console.log(language, `${lost.length} not found, among them`, unknown.map((code) => `${code} ${shown.of(code)}`).join(', '));
  same &&= unknown.every((code) => lost.includes(code));
}
process.exitCode = same ? 0 : 1;
JS
node names.cjs && echo PASS && exit 0
echo "CHANGED (node $(node --version))"; exit 1
