#!/usr/bin/env bash
# Guess: packages that write numbers in words write Ukrainian words in Cyrillic letters.
# Seen on 30 November 2026 (n2words 4.0.0 of npm, num2words 0.5.10 of Debian 12): both write the Latin "i" (U+0069) in place of "і" (U+0456), the one
#   surely after the other: "шiсть", "вiсiмдесят". From 1 to 100 these are 51 words of the first and 57 of the second. Russian words of both, and
#   the Georgian and Azerbaijani of the first, have no mixed letters.
# Why it matters: hours are written in words on diplomas and acts ("72 години, сімдесят дві"). The page looks right; a search, a screen reader
#   and a check for mixed alphabets find a damaged word. Gramota is not affected: it writes numbers in figures.
# Needs: node, npm, /usr/bin/python3 with num2words (python3-num2words). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import num2words' || { echo 'missing: python3-num2words'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent n2words@4.0.0
cat > words.mjs <<'JS'
for (const language of ['uk-UA', 'ru-RU', 'ka-GE']) {
  const { toCardinal } = await import(`n2words/${language}`);
  const words = Array.from({ length: 100 }, (_, at) => toCardinal(at + 1));
  const mixed = words.filter((word) => /[a-z]/i.test(word));
  console.log(`n2words ${language}: ${mixed.length} with Latin letters${mixed[0] ? `, first ${mixed[0]}` : ''}`);
}
JS
cat > words.py <<'PY'
import re
from num2words import num2words
for language in ('uk', 'ru'):
    words = [num2words(number, lang=language) for number in range(1, 101)]
    mixed = [word for word in words if re.search('[a-z]', word, re.I)]
    print(f"num2words {language}: {len(mixed)} with Latin letters" + (f", first {mixed[0]}" if mixed else ''))
PY
seen=$(node words.mjs; /usr/bin/python3 words.py)
echo "$seen"
expected='n2words uk-UA: 51 with Latin letters, first шiсть
n2words ru-RU: 0 with Latin letters
n2words ka-GE: 0 with Latin letters
num2words uk: 57 with Latin letters, first двi
num2words ru: 0 with Latin letters'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
