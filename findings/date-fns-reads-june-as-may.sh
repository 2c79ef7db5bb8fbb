#!/usr/bin/env bash
# Guess: a package of dates reads each date that it wrote itself with the same pattern and language, or says that it cannot.
# Seen on 30 November 2026 (date-fns 4.4.0, Node 20.20): `parse` gives another month without an error. In Kazakh "15 маусым 2026" (June) is
#   read as May, and September, October and November ("қыркүйек", "қазан", "қараша") as January. In Armenian June and July ("հունիս",
#   "հուլիս") are January. The table of the language asks only for the first letters, and the first month that fits wins. Russian and
#   Uzbek come back right; in Georgian and Azerbaijani no month is read at all, which at least is an error.
# Why it matters: a register with dates in words, typed by a school in Kazakhstan, comes in with wrong days of issue, and a test in
#   January does not see it. Gramota is not affected: it reads no dates in words.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent date-fns@4.4.0
cat > months.mjs <<'JS'
import { format, isValid, parse } from 'date-fns';
import { az, hy, ka, kk, ru, uz, uzCyrl } from 'date-fns/locale';
const PATTERN = 'd MMMM yyyy';
for (const [language, locale] of Object.entries({ kk, hy, ka, az, uz, uzCyrl, ru })) {
  const wrong = [];
  let unread = 0;
  for (let month = 0; month < 12; month += 1) {
    const written = format(new Date(2026, month, 15), PATTERN, { locale });
    const read = parse(written, PATTERN, new Date(2026, 0, 1), { locale });
    if (!isValid(read)) unread += 1;
    else if (read.getMonth() !== month) wrong.push(`${written} = ${format(read, 'yyyy-MM-dd')}`);
  }
  console.log(`${language}: ${unread} not read; ${wrong.join(', ') || 'none wrong'}`);
}
JS
seen=$(TZ=UTC node months.mjs)
echo "$seen"
expected='kk: 0 not read; 15 маусым 2026 = 2026-05-15, 15 қыркүйек 2026 = 2026-01-15, 15 қазан 2026 = 2026-01-15, 15 қараша 2026 = 2026-01-15
hy: 0 not read; 15 հունիս 2026 = 2026-01-15, 15 հուլիս 2026 = 2026-01-15
ka: 12 not read; none wrong
az: 12 not read; none wrong
uz: 0 not read; none wrong
uzCyrl: 0 not read; none wrong
ru: 0 not read; none wrong'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
