#!/usr/bin/env bash
# Guess: two maintained packages of public holidays agree on the days of 2026 in the countries of the CIS and its neighbours,
#   but for days that the moon decides.
# Seen (date-holidays 3.37.0 of npm, holidays 0.105 of PyPI):
#   - Azerbaijan: only the first has 18 October, 12 November and 17 November as public holidays; only the second has 20 January
#     and 8 November. Each says "no" to days that the other counts, and none of these follows the moon.
#   - Kazakhstan: only the first has 15 March.
#   - Kyrgyzstan, Tajikistan, Turkmenistan and Mongolia: the first does not know these countries at all. It then returns
#     an empty list of holidays, not an error.
# Why it matters: letters are sent on working days only. A package decides it for one country and silently not for its
#   neighbour; so the days are declared by the school, and no package fills them in.
# Needs: node, npm, python3 with venv. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent date-holidays@3.37.0
python3 -m venv env && env/bin/pip install --quiet --disable-pip-version-check holidays==0.105 2>/dev/null
cat > days.cjs <<'JS'
const Holidays = require('date-holidays');
const known = new Holidays().getCountries();
const days = {};
for (const code of ['AZ', 'KZ', 'KG', 'TJ', 'TM', 'MN']) {
  const listed = new Holidays(code).getHolidays(2026) || [];
  days[code] = { known: code in known, days: listed.filter(({ type }) => type === 'public').map(({ date }) => date.slice(5, 10)) };
}
console.log(JSON.stringify(days));
JS
node days.cjs > npm.json
cat > compare.py <<'PY'
import json, sys
import holidays
npm = json.load(open('npm.json'))
def only(code):
    here = set(npm[code]['days'])
    there = {day.strftime('%m-%d') for day in holidays.country_holidays(code, years=2026)}
    return here - there, there - here
same = True
for code, (first, second) in {
    'AZ': ({'10-18', '11-12', '11-17'}, {'01-20', '11-08'}),
    'KZ': ({'03-15'}, set()),
}.items():
    here, there = only(code)
    print(code, 'only date-holidays:', sorted(here), 'only holidays:', sorted(there))
    same = same and first <= here and second <= there
for code in ('KG', 'TJ', 'TM', 'MN'):
    count = len(holidays.country_holidays(code, years=2026))
    print(code, 'known to date-holidays:', npm[code]['known'], 'its days:', len(npm[code]['days']), 'days in holidays:', count)
    same = same and not npm[code]['known'] and npm[code]['days'] == [] and count > 5
sys.exit(0 if same else 1)
PY
env/bin/python compare.py && echo PASS && exit 0
echo CHANGED; exit 1
