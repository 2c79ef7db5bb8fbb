#!/usr/bin/env bash
# Guess: the name that Windows gives a zone leads to an IANA zone with the same clock; CLDR keeps the table, and packages take it over.
# Seen on 29 November 2026 (windows-iana 5.1.0, its newest version; moment-timezone 0.6.6 with data 2026f): "Central Asia Standard Time", UTC+6 on
#   Windows, leads to Asia/Almaty, which has been at UTC+5 since 1 March 2024. The way back is wrong too: Almaty and Qostanay get that
#   name, an hour off; and Europe/Kyiv, the name of the zone since 2022, gets nothing, though Europe/Kiev is known.
# Why it matters: calendars and registers from Outlook and Exchange carry names of Windows. A letter for 09:00 in Bishkek leaves at
#   10:00, and a meeting in Almaty is an hour early. Gramota is not affected: it takes IANA names only, and says so to others.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent windows-iana@5.1.0 moment-timezone@0.6.6
cat > zones.mjs <<'JS'
import moment from 'moment-timezone';
import { findIana, findWindows } from 'windows-iana';
const at = Date.UTC(2026, 11, 15);
const hours = (zone) => `UTC+${moment.tz.zone(zone).utcOffset(at) / -60}`;
for (const name of ['Central Asia Standard Time', 'West Asia Standard Time']) {
  const [zone] = findIana(name);
  console.log(`${name}: ${zone}, ${hours(zone)}`);
}
for (const zone of ['Asia/Bishkek', 'Asia/Almaty', 'Asia/Qostanay', 'Europe/Kiev', 'Europe/Kyiv'])
  console.log(`${zone}, ${hours(zone)}: ${findWindows(zone).join() || 'nothing'}`);
JS
seen=$(node zones.mjs)
echo "$seen"
expected='Central Asia Standard Time: Asia/Almaty, UTC+5
West Asia Standard Time: Asia/Tashkent, UTC+5
Asia/Bishkek, UTC+6: Central Asia Standard Time
Asia/Almaty, UTC+5: Central Asia Standard Time
Asia/Qostanay, UTC+5: Central Asia Standard Time
Europe/Kiev, UTC+2: FLE Standard Time
Europe/Kyiv, UTC+2: nothing'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
