#!/usr/bin/env bash
# Guess: a JSON-LD library uses the documentLoader that is passed to each call, so one process can verify a credential with two
#   texts of one context, one after the other.
# Seen (@digitalcredentials/jsonld 9.0.0, @digitalcredentials/security-document-loader 8.0.0): once the security loader has
#   answered, its text (tagged `static`) is kept for the whole process, per address. A later call with another loader
#   never uses it for that address, and gets the first loader's text. In a new process the same call uses its own loader.
# Why it matters: a comparison of verifiers in one process reports false agreement. It happened here: 92 of 92
#   credentials looked valid under a text of the Open Badges context that makes each of them invalid.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @digitalcredentials/jsonld@9.0.0 @digitalcredentials/security-document-loader@8.0.0
cat > ask.mjs <<'JS'
import jsonld from '@digitalcredentials/jsonld';
import { securityLoader } from '@digitalcredentials/security-document-loader';
const address = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const document = { '@context': address, awardedDate: '2026-01-15T00:00:00Z' };
if (process.argv[2] === 'after') await jsonld.expand(document, { documentLoader: securityLoader().build() });
let asked = 0;
const own = async (url) => {
  asked += 1;
  return { contextUrl: null, documentUrl: url, document: { '@context': { name: 'https://schema.org/name' } } };
};
const expanded = await jsonld.expand(document, { documentLoader: own });
console.log(`own loader asked ${asked} times; awardedDate is ${expanded.length > 0 ? 'known' : 'unknown'}`);
JS
alone=$(node ask.mjs alone); after=$(node ask.mjs after)
echo "alone: $alone"; echo "after the security loader: $after"
[ "$alone" = 'own loader asked 1 times; awardedDate is unknown' ] &&
  [ "$after" = 'own loader asked 0 times; awardedDate is known' ] && echo PASS && exit 0
echo CHANGED; exit 1
