#!/usr/bin/env bash
# Guess: the two transforms of CLDR between the alphabets of Uzbek undo each other, at least for names: what
#   `uz_Cyrl-uz_Latn` writes, `uz_Latn-uz_Cyrl` reads.
# Seen on 29 November 2026 (ICU 72.1 of Debian 12): not for some of the most usual names.
#   - "Йўлдош" becomes "Yoʻldosh", which is right, and comes back as "Ёʻлдош": "yo" is read as one letter, and the sign that belongs
#     to "oʻ" is left over in a Cyrillic word.
#   - "Меҳри" becomes "Mehri", and comes back as "Мэҳри": "e" after a consonant is read as "э", which Uzbek writes at the beginning of words.
#   - "Исҳоқ" becomes "Ishoq" and comes back as "Ишоқ", another name. The spelling rules ask for "Isʼhoq" here, which is read as "Исъҳоқ".
#   - Names typed with U+2018, as most Uzbek pages and keyboards do, are not read at all: "O‘tkir" becomes "О‘ткир".
# Why it matters: both alphabets are in use, and registers are compared through such transforms. Gramota is not affected: its search
#   compares words by sound keys (src/domain/text/sound-keys.ts), where all these pairs have one key.
# Needs: uconv (icu-devtools). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
command -v uconv >/dev/null || { echo 'missing: uconv'; exit 1; }
convert() { echo "$2" | uconv -f utf-8 -t utf-8 -x "$1"; }
seen=$(
  for name in Йўлдош Меҳри Исҳоқ Ғайрат; do
    latin=$(convert uz_Cyrl-uz_Latn "$name")
    echo "$name: $latin, and back: $(convert uz_Latn-uz_Cyrl "$latin")"
  done
  for name in Isʼhoq Oʻtkir O‘tkir; do echo "$name: $(convert uz_Latn-uz_Cyrl "$name")"; done
)
echo "$seen"
expected='Йўлдош: Yoʻldosh, and back: Ёʻлдош
Меҳри: Mehri, and back: Мэҳри
Исҳоқ: Ishoq, and back: Ишоқ
Ғайрат: Gʻayrat, and back: Ғайрат
Isʼhoq: Исъҳоқ
Oʻtkir: Ўткир
O‘tkir: О‘ткир'
[ "$seen" = "$expected" ] && echo PASS || { echo "FAIL: the behaviour has changed ($(uconv --version))"; exit 1; }
