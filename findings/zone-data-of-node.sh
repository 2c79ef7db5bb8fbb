#!/usr/bin/env bash
# Guess: the newest release of a Node line has current time zone data. Zone data come with Node (in ICU), and
# every line that is still maintained takes each edition of the IANA database within weeks.
#
# Seen on 28 November 2026 with node 20.20.2, 22.23.3, 24.21.0 and 26.10.0 from npm, moment-timezone 0.6.6 beside them:
#   process.versions.tz is 2025c, 2026c, 2026c, 2026c, while the database is at 2026f. So the newest Node is wrong too: Manitoba
#   (America/Winnipeg) stays at UTC-5 from 1 November 2026 in 2026f, but all four Node versions change it to UTC-6 on that day.
#   Casablanca and Vancouver differ between Node 20 and the others, so two hosts of one service disagree by an hour.
#
# Why it matters: a letter that may leave from 09:00 leaves at 08:00 or 10:00, depending on the host, and the end of a permitted
# window is wrong too. Windows must be planned by zone data in the lock file; upgrading Node does not solve this.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
nodes='20.20.2 22.23.3 24.21.0 26.10.0'
npm install --silent --no-audit --no-fund moment-timezone@0.6.6 >/dev/null

cat >clock.cjs <<'JS'
const { tz } = require('moment-timezone');
const at = Date.UTC(2026, 11, 15, 12);
const places = ['America/Winnipeg', 'America/Vancouver', 'Africa/Casablanca', 'Asia/Tashkent'];
const host = (zone) => {
  const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return (Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at) / 3_600_000;
};
const pinned = (zone) => tz.zone(zone).utcOffset(at) / -60;
const line = (of) => places.map((zone) => of(zone)).join(' ');
console.log(`${process.versions.tz} ${line(host)} | ${tz.dataVersion} ${line(pinned)}`);
JS

failed=0
echo 'Node      own data, hours from UTC in Winnipeg Vancouver Casablanca Tashkent | moment-timezone, the same'
for node in $nodes; do
  seen=$(npx --yes --quiet "node@$node" clock.cjs)
  echo "$node   $seen"
  case $node in
    20.*) expected='2025c -6 -8 1 5 | 2026f -5 -7 0 5' ;;
    *) expected='2026c -6 -7 0 5 | 2026f -5 -7 0 5' ;;
  esac
  [ "$seen" = "$expected" ] || { echo "expected   $expected"; failed=1; }
done
[ "$failed" = 0 ] && echo PASS
exit "$failed"
