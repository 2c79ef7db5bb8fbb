#!/usr/bin/env bash
# Guess: where `Intl.Collator.supportedLocalesOf` names a language in a script, it sorts by that alphabet; where it does not, it sorts otherwise.
# Seen on 30 November 2026 (Node 20.20 with its ICU; glibc 2.36 of Debian 12): wrong both ways. Uzbek in Cyrillic letters is "supported", and its last
#   four letters Ў, Қ, Ғ, Ҳ stand beside У, К, Г, Х. «Ўктам» even comes before «Умида», as if Ў were У with an accent. Only in Latin letters the last
#   four (Oʻ, Gʻ, Sh, Ch) are at the end. The locale uz_UZ@cyrillic of glibc sorts the same way. Tajik is "not supported", and is right; Kazakh
#   and Kyrgyz are supported and right.
# Why it matters: who looks up a teacher in a printed register of an Uzbek school looks at its end, and the name is in the middle; two registers of
#   one school, in two alphabets, are in different orders. Gramota is not affected: its register is in the order of numbers.
# Needs: node, localedef and sources of locales (package locales). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node localedef; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
[ -e '/usr/share/i18n/locales/uz_UZ@cyrillic' ] || { echo 'missing: the package locales'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
cat > sort.mjs <<'JS'
const alphabets = {
  'uz-Cyrl': [...'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЪЭЮЯЎҚҒҲ'],
  uz: 'A B D E F G H I J K L M N O P Q R S T U V X Y Z Oʻ Gʻ Sh Ch'.split(' '),
  tg: [...'АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЪЭЮЯ'],
  kk: [...'АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ'],
  ky: [...'АБВГДЕЁЖЗИЙКЛМНҢОӨПРСТУҮФХЦЧШЩЪЫЬЭЮЯ'],
};
for (const [language, letters] of Object.entries(alphabets)) {
  const isSupported = Intl.Collator.supportedLocalesOf(language).length > 0;
  const sorted = [...letters].sort(new Intl.Collator(language).compare);
  const order = sorted.join() === letters.join() ? 'right' : sorted.join('');
  console.log(`${language} ${isSupported ? 'supported' : 'not supported'}: ${order}`);
}
console.log(`ICU: ${process.argv.slice(2).sort(new Intl.Collator('uz-Cyrl').compare).join(' ')}`);
JS
mkdir locales
localedef -c -i 'uz_UZ@cyrillic' -f UTF-8 "$dir/locales/uz_UZ.UTF-8@cyrillic" 2>/dev/null || true
names='Ўктам Қодир Ғани Ҳасан Умида Фарход Карим Лола Гулнора Дилшод Холида Ядгор'
seen=$(
  node sort.mjs $names
  echo "glibc: $(printf '%s\n' $names | LOCPATH="$dir/locales" LC_ALL=uz_UZ.UTF-8@cyrillic sort | paste -sd ' ')"
)
echo "$seen"
expected='uz-Cyrl supported: АБВГҒДЕЁЖЗИЙКҚЛМНОПРСТУЎФХҲЦЧШЪЭЮЯ
uz supported: right
tg not supported: right
kk supported: right
ky supported: right
ICU: Гулнора Ғани Дилшод Карим Қодир Лола Ўктам Умида Фарход Холида Ҳасан Ядгор
glibc: Гулнора Ғани Дилшод Карим Қодир Лола Ўктам Умида Фарход Холида Ҳасан Ядгор'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
