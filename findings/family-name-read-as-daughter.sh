#!/usr/bin/env bash
# Guess: a package that takes names apart either knows the words for "son of" and "daughter of" that stand in names of the CIS, as it
#   knows "van" and "bin", or leaves them with the father's name.
# Seen on 30 November 2026 (humanparser 2.7.0 and parse-full-name 1.2.7): the word itself becomes the family name: "uulu" and "kyzy" of
#   Kyrgyz names, "oʻgʻli" of Uzbek ones, "qızı" of Azerbaijani ones, "кызы" of the same in Russian. The true family name becomes a middle
#   name or, in Kyrgyz names of this form, there is none. humanparser also takes the family name Ma for a degree: none is left.
# Why it matters: a register sorted by family name has a long part "kyzy", and a letter begins "Dear Ms Daughter". The same names are right
#   when the family name stands last. Gramota splits no name: it takes the parts from the LMS where lms.yaml names them.
# Needs: node, npm. The persons are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent humanparser@2.7.0 parse-full-name@1.2.7
cat > names.cjs <<'JS'
const humanparser = require('humanparser');
const { parseFullName } = require('parse-full-name');
for (const name of ['Nurbek Bakyt uulu', 'Aygul Sapar kyzy', 'Botir Karimov Olim oʻgʻli', 'Sevda Mammadova Arif qızı', 'Севда Ариф кызы', 'Sevda Arif qızı Mammadova', 'Tamar Ma'])
  console.log(`${name}: family name "${humanparser.parseName(name).lastName}", "${parseFullName(name, 'last')}"`);
JS
seen=$(node names.cjs)
echo "$seen"
expected='Nurbek Bakyt uulu: family name "uulu", "uulu"
Aygul Sapar kyzy: family name "kyzy", "kyzy"
Botir Karimov Olim oʻgʻli: family name "oʻgʻli", "oʻgʻli"
Sevda Mammadova Arif qızı: family name "qızı", "qızı"
Севда Ариф кызы: family name "кызы", "кызы"
Sevda Arif qızı Mammadova: family name "Mammadova", "Mammadova"
Tamar Ma: family name "", "Ma"'
[ "$seen" = "$expected" ] && echo PASS && exit 0
echo CHANGED; exit 1
