#!/usr/bin/env bash
# Guess: a rule "each day until 16 December", in a zone and with `UNTIL` in UTC as RFC 5545 (3.3.10) demands, has the same days in every library.
# Seen on 30 November 2026 (rrule 2.8.1, ical.js 2.2.1 with timezones-ical-library 2.3.2, node-ical 0.26.1): in Tashkent the end of 16 December is
#   UNTIL=20261216T185959Z. A lesson at 09:00 or 18:00 has three days in each of them. At 19:00 and later, `rrule` has two: it compares the clock of
#   Tashkent with the clock of UTC. The host's zone does not matter. West of
#   Greenwich, in Asuncion, it has a fourth day at 01:00, one too many.
# Why it matters: courses for teachers are in the evening. The last lesson is missing from the calendar and from the count of lessons, only east of
#   Greenwich and only late in the day. Gramota is not affected: it writes and reads no calendars.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent rrule@2.8.1 ical.js@2.2.1 timezones-ical-library@2.3.2 node-ical@0.26.1
cat > lessons.mjs <<'JS'
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import rrule from 'rrule';
import { tzlib_get_ical_block } from 'timezones-ical-library';
function byIcalJs(calendar) {
  const component = new ICAL.Component(ICAL.parse(calendar));
  const zone = new ICAL.Timezone(component.getFirstSubcomponent('vtimezone'));
  ICAL.TimezoneService.register(zone.tzid, zone);
  const days = new ICAL.Event(component.getFirstSubcomponent('vevent')).iterator();
  let count = 0;
  while (days.next()) count += 1;
  return count;
}
function byNodeIcal(calendar) {
  const event = Object.values(nodeIcal.sync.parseICS(calendar)).find(({ type }) => type === 'VEVENT');
  return event.rrule.between(new Date('2026-12-01'), new Date('2026-12-31')).length;
}
const lessons = [
  ['Asia/Tashkent', '090000', '20261216T185959Z'],
  ['Asia/Tashkent', '180000', '20261216T185959Z'],
  ['Asia/Tashkent', '190000', '20261216T185959Z'],
  ['America/Asuncion', '010000', '20261217T025959Z'],
];
for (const [zone, clock, until] of lessons) {
  const lines = [`DTSTART;TZID=${zone}:20261214T${clock}`, `RRULE:FREQ=DAILY;UNTIL=${until}`];
  const event = ['BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20261130T000000Z', ...lines, 'SUMMARY:Lesson', 'END:VEVENT'];
  const [block] = [tzlib_get_ical_block(zone)].flat();
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//School//EN', block.trim(), ...event, 'END:VCALENDAR', ''].join('\r\n');
  const byRrule = rrule.rrulestr(lines.join('\n')).all().length;
  console.log(`${zone} ${clock.slice(0, 2)}:00: rrule ${byRrule}, ical.js ${byIcalJs(calendar)}, node-ical ${byNodeIcal(calendar)}`);
}
JS
seen=$(for zone in UTC Asia/Tashkent; do TZ=$zone node lessons.mjs; done)
echo "$seen"
days='Asia/Tashkent 09:00: rrule 3, ical.js 3, node-ical 3
Asia/Tashkent 18:00: rrule 3, ical.js 3, node-ical 3
Asia/Tashkent 19:00: rrule 2, ical.js 3, node-ical 3
America/Asuncion 01:00: rrule 4, ical.js 3, node-ical 3'
[ "$seen" = "$days
$days" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
