import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import { qrPath } from '../../src/diploma/qr.ts';

const ADDRESS = 'https://gramota.example/c/EG5N8PYDQBWY8S1JN29G5Q0WW';
const OTHER = 'https://gramota.example/c/EG5N8PYDQBWY8S1JN29G5Q0WX';

/** Pages of which each has nothing but a QR code. */
function pagesWith(addresses: readonly string[]): Promise<Buffer> {
  const info = { title: 'T', author: 'A', subject: 'S', keywords: 'K', language: 'en', date: new Date(0) };
  const document = new TaggedDocument(info);
  for (const address of addresses) {
    document.addPage();
    document.figure(document.root, address, [100, 100, 85, 85], qrPath(address, 100, 100, 85, true));
  }
  return document.finish();
}

test('the codes of all pages are read: one with another address is refused on whichever page it stands', async () => {
  const rest = { texts: [], attachments: [], unchanging: [], sealedBy: null };
  const found = async (addresses: readonly string[]) =>
    (await selfCheck(await pagesWith(addresses), { lookupUrl: ADDRESS, leastPages: 2, ...rest }))?.check ?? null;
  assert.equal(await found([ADDRESS, ADDRESS]), null);
  assert.equal(await found([ADDRESS, OTHER]), 'qr');
  assert.equal(await found([OTHER, ADDRESS]), 'qr');
  assert.equal(await found([ADDRESS, ADDRESS, OTHER]), 'qr');
  assert.equal(await found([ADDRESS, ADDRESS]), null);
});
