import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { didWeb } from '../../src/domain/certificate/did-web.ts';

describe('didWeb (address to did:web identifier)', () => {
  const cases: [string, string][] = [
    ['https://gramota.example', 'did:web:gramota.example'],
    ['https://gramota.example/', 'did:web:gramota.example'],
    ['https://gramota.example:3000', 'did:web:gramota.example%3A3000'],
    ['http://127.0.0.1:8080', 'did:web:127.0.0.1%3A8080'],
    ['https://school.example/diplomas/2026', 'did:web:school.example:diplomas:2026'],
    ['https://school.example:8443/diplomas/', 'did:web:school.example%3A8443:diplomas'],
    ['https://school.example/a%20b/%D0%B6', 'did:web:school.example:a%20b:%D0%B6'],
    ['https://school.example/a/(x)!', 'did:web:school.example:a:%28x%29%21'],
    ['https://школа.example', 'did:web:xn--80atdl2c.example'],
    ['http://[::1]:8080', 'did:web:%5B%3A%3A1%5D%3A8080'],
  ];
  for (const [url, expected] of cases) it(`${url} → ${expected}`, () => assert.equal(didWeb(url), expected));
});
