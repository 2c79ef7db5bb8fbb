#!/usr/bin/env bash
# Proves that a backup can be restored: dumps the database of DATABASE_URL, restores it into a new PostgreSQL cluster in
# a temporary folder, compares the contents, and lets "gramota serve" answer from the copy with the same bytes.
# Reads the original only. Needs the programs of PostgreSQL in PG_BIN, the settings of "serve" and the signing keys.
# Exit code 0: the copy is complete; 1: it is not. Usage: PG_BIN=/usr/lib/postgresql/15/bin ops/restore-drill.sh
set -euo pipefail
: "${DATABASE_URL:?set it to the database to be backed up}"
PG_BIN=${PG_BIN:-$(pg_config --bindir)}
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
server=
as_postgres() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  as_postgres "$PG_BIN/pg_ctl" stop -m immediate -s -D "$scratch/cluster/data" 2>/dev/null || true
  rm -rf -- "$scratch"
}
trap finish EXIT
fail() { printf 'restore drill: %s\n' "$*" >&2; exit 1; }

printf -- '-- back up\n'
"$PG_BIN/pg_dump" --format=custom --no-owner --no-privileges --file="$scratch/backup" "$DATABASE_URL"

printf -- '-- restore into a new cluster\n'
chmod 711 "$scratch"
mkdir -m 700 "$scratch/cluster"
if [ "$(id -u)" = 0 ]; then chown postgres "$scratch/cluster"; fi
# On loopback and only during the drill; the copy holds personal data.
as_postgres "$PG_BIN/initdb" -D "$scratch/cluster/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{process.stdout.write(String(s.address().port));s.close()})')
as_postgres "$PG_BIN/pg_ctl" start -s -w -D "$scratch/cluster/data" -l "$scratch/cluster/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
copy="postgres://postgres@127.0.0.1:$port/restored"
"$PG_BIN/createdb" -h 127.0.0.1 -p "$port" -U postgres restored
"$PG_BIN/pg_restore" --exit-on-error --no-owner --no-privileges --dbname="$copy" "$scratch/backup"

printf -- '-- compare\n'
contents="select 'certificates', count(*), md5(string_agg(id::text || number || code, ',' order by id)) from certificate
  union all select 'diplomas', count(*), md5(string_agg(certificate_id::text || version || sha256, ',' order by certificate_id, version)) from diploma
  union all select 'letters', count(*), md5(string_agg(id::text || state, ',' order by id)) from personal_issue
  union all select 'acts', count(*), md5(string_agg(id::text, ',' order by id)) from act"
ask() { "$PG_BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -c "$2" "$1"; }
ask "$copy" "$contents" | tee "$scratch/restored"
[ "$(ask "$DATABASE_URL" "$contents")" = "$(cat "$scratch/restored")" ] || fail 'the copy differs; no process may write during the drill'
damaged=$(ask "$copy" "select count(*) from artefact where encode(sha256(bytes), 'hex') <> sha256")
[ "$damaged" = 0 ] || fail "$damaged stored files do not have their SHA-256"

printf -- '-- look up the newest diploma in the copy\n'
newest=$(ask "$copy" "select c.code || ' ' || d.sha256 from diploma d join certificate c on c.id = d.certificate_id
  where not exists (select 1 from diploma n where n.certificate_id = d.certificate_id and n.version > d.version)
    and not exists (select 1 from credential_revocation r where r.certificate_id = d.certificate_id and r.version = d.version)
  order by d.rendered_at desc limit 1")
[ -n "$newest" ] || fail 'there is no diploma to look up'
web=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{process.stdout.write(String(s.address().port));s.close()})')
DATABASE_URL=$copy DATABASE_URL_FILE='' HOST=127.0.0.1 PORT=$web METRICS_PORT='' DRAIN_SECONDS=0 LOG_LEVEL=error \
  node "$root/dist/src/main.js" serve >"$scratch/served" &
server=$!
until grep -q 'listening on' "$scratch/served"; do
  kill -0 "$server" 2>/dev/null || fail 'gramota serve does not start on the copy'
  sleep 0.1
done
node -e '
const [url, sha256] = process.argv.slice(1);
fetch(url).then(async (answer) => {
  const found = require("node:crypto").createHash("sha256").update(Buffer.from(await answer.arrayBuffer())).digest("hex");
  if (answer.status !== 200 || found !== sha256) { console.error(`restore drill: status ${answer.status}, SHA-256 ${found}`); process.exit(1); }
});' "http://127.0.0.1:$web/c/${newest% *}/diploma.pdf" "${newest#* }"
printf 'restore drill: the copy is complete; %s has the same bytes\n' "${newest#* }"
