#!/usr/bin/env bash
# Guess: the canonical form of a credential has its lines in one order in every language: RDFC-1.0 sorts them by code points.
# Seen on 29 November 2026 (jsonld 9.0.0 with rdf-canonize 5.0.0 of npm, PyLD 2.0.3 of Debian 12): the packages of npm sort by UTF-16
#   units. A letter beyond U+FFFF then stands before one from U+E000 to U+FFFF, though its code point is larger. With the tags "𠮷田"
#   (U+20BB7) and "﨑山" (U+FA11) the two libraries write the same two lines in opposite orders, so the hashes differ. With the
#   usual forms of the same surnames, "吉田" and "崎山", they agree.
# Why it matters: both letters are in ordinary Japanese surnames. A credential with two such texts in one field is signed by a
#   JavaScript issuer and invalid for a Python verifier. Gramota is not affected: no field of its credentials holds two texts.
# Needs: node, npm, /usr/bin/python3 with pyld (python3-pyld). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import pyld' || { echo 'missing: python3-pyld'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent jsonld@9.0.0 rdf-canonize@5.0.0
cat > order.mjs <<'JS'
import jsonld from 'jsonld';
for (const tags of [['吉田', '崎山'], ['𠮷田', '﨑山']]) {
  const document = { '@id': 'urn:a', 'https://schema.org/keywords': tags };
  const lines = (await jsonld.canonize(document, { algorithm: 'RDFC-1.0' })).trim().split('\n');
  console.log('npm ', lines.map((line) => line.split('"')[1]).join(' '));
}
JS
cat > order.py <<'PY'
from pyld import jsonld
for tags in (["吉田", "崎山"], ["𠮷田", "﨑山"]):
    document = {"@id": "urn:a", "https://schema.org/keywords": tags}
    text = jsonld.normalize(document, {"algorithm": "URDNA2015", "format": "application/n-quads"})
    print("PyLD", " ".join(line.split('"')[1] for line in text.strip().split("\n")))
PY
seen=$(node order.mjs; PYTHONIOENCODING=utf-8 /usr/bin/python3 order.py)
echo "$seen"
expected='npm  吉田 崎山
npm  𠮷田 﨑山
PyLD 吉田 崎山
PyLD 﨑山 𠮷田'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
