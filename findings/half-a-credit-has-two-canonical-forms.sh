#!/usr/bin/env bash
# Guess: a number in a credential has one canonical form, because JSON-LD fixes it (JSON-LD 1.1 API, "Data Round Tripping": the
#   pattern 1.0E0, at most 15 digits after the point, no zeros at the end); so a signature may cover numbers.
# Seen on 29 November 2026 (jsonld 9.0.0 of npm, PyLD 2.0.3 of Debian 12): the two agree on 7.5 and 72, and differ on every fraction
#   whose exponent is negative. `creditsEarned: 0.5` is "5.0E-1" in JavaScript and "5.000000000000000E-01" in Python: PyLD's rule
#   for the zeros at the end does not match an exponent with a minus sign. So the signatures of such credentials differ.
# Why it matters: a short course gives half a credit; `creditsEarned` and `creditsAvailable` of Open Badges 3.0 are such numbers. The
#   credential is valid in one language and invalid in the other. Gramota is not affected: its credentials hold no fractions.
# Needs: node, npm, /usr/bin/python3 with pyld (python3-pyld). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import pyld' || { echo 'missing: python3-pyld'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent jsonld@9.0.0
cat > credits.mjs <<'JS'
import jsonld from 'jsonld';
for (const credits of [72, 7.5, 0.5, 0.25]) {
  const document = { '@id': 'urn:a', 'https://schema.org/value': credits };
  console.log(credits, (await jsonld.canonize(document, { algorithm: 'RDFC-1.0' })).split('"')[1]);
}
JS
cat > credits.py <<'PY'
from pyld import jsonld
for credits in (72, 7.5, 0.5, 0.25):
    document = {"@id": "urn:a", "https://schema.org/value": credits}
    text = jsonld.normalize(document, {"algorithm": "URDNA2015", "format": "application/n-quads"})
    print(credits, text.split('"')[1])
PY
seen=$(echo 'jsonld of npm'; node credits.mjs; echo 'PyLD'; /usr/bin/python3 credits.py)
echo "$seen"
expected='jsonld of npm
72 72
7.5 7.5E0
0.5 5.0E-1
0.25 2.5E-1
PyLD
72 72
7.5 7.5E0
0.5 5.000000000000000E-01
0.25 2.500000000000000E-01'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
