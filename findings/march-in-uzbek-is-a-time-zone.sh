#!/usr/bin/env bash
# Guess: dateparser, which knows Uzbek, Azerbaijani and Turkish, reads "15 mart 2026" (March in all three, and in Turkmen) as 15 March when it has
#   to find the language itself; at worst it says that it cannot.
# Seen on 30 November 2026 (dateparser 1.1.6 of Debian 12; the same in 1.4.3): it takes "mart" for MART, the time zone of the Marquesas
#   Islands, cuts it out, and reads the rest in English. "15 mart 2026" is 15 November, because it is read in November; "5 mart 2026" is
#   30 May, "1 mart 2026" is 30 January, all at UTC-9:30 and without a warning. The other months are right: "15 yanvar 2026" is 15 January. With
#   `languages=['uz']` March is right; with `['uz', 'en']`, for a register in two languages, it is wrong again.
# Why it matters: registers of schools come with dates in words and without a language. One month of twelve moves, by another distance
#   each day, so a test with January, or one run in March, finds nothing. Gramota is not affected: it reads no dates in words.
# Needs: /usr/bin/python3 with dateparser (python3-dateparser). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
/usr/bin/python3 -c 'import dateparser' || { echo 'missing: python3-dateparser'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
cat > months.py <<'PY'
from datetime import datetime
from dateparser import parse
today = {'RELATIVE_BASE': datetime(2026, 11, 30)}
for text in ('15 mart 2026', '5 mart 2026', '1 mart 2026', '15 yanvar 2026', '15 sentabr 2026'):
    found, uzbek, two = (parse(text, languages=languages, settings=today) for languages in (None, ['uz'], ['uz', 'en']))
    print(f'{text}: {found:%Y-%m-%d %Z}; as Uzbek {uzbek:%Y-%m-%d}; as Uzbek or English {two:%Y-%m-%d}')
PY
seen=$(/usr/bin/python3 -W ignore months.py)
echo "$seen"
expected='15 mart 2026: 2026-11-15 MART; as Uzbek 2026-03-15; as Uzbek or English 2026-11-15
5 mart 2026: 2026-05-30 MART; as Uzbek 2026-03-05; as Uzbek or English 2026-05-30
1 mart 2026: 2026-01-30 MART; as Uzbek 2026-03-01; as Uzbek or English 2026-01-30
15 yanvar 2026: 2026-01-15 ; as Uzbek 2026-01-15; as Uzbek or English 2026-01-15
15 sentabr 2026: 2026-09-15 ; as Uzbek 2026-09-15; as Uzbek or English 2026-09-15'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
