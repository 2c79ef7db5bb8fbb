import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normaliseEmail } from '../../src/domain/email-address.ts';

describe('an e-mail address', () => {
  test('is compared trimmed and in lower case', () => {
    assert.deepEqual(normaliseEmail(' Assel.N+ru@Example.KZ\n'), { ok: true, email: 'assel.n+ru@example.kz' });
  });

  test('may be internationalised and is kept as written', () => {
    for (const email of [
      'учитель@пример.рф',
      'anna@bücher.example',
      'a@xn--e1afmkfd.xn--p1ai',
      "o'brien@example.ie",
      'a_b-c@x-y.example',
    ])
      assert.deepEqual(normaliseEmail(email), { ok: true, email });
  });

  test('is refused when no provider would surely take it', () => {
    const refused = [
      '',
      ' ',
      'anna',
      'anna@',
      '@example.kz',
      'a@b@example.kz',
      'anna@example',
      'anna@localhost',
      'anna@[127.0.0.1]',
      'anna@127.0.0.1',
      '"anna b"@example.kz',
      'anna b@example.kz',
      'anna@exa mple.kz',
      '.anna@example.kz',
      'anna.@example.kz',
      'an..na@example.kz',
      'anna@-example.kz',
      'anna@example-.kz',
      'anna@.kz',
      'anna@example..kz',
      'anna@example.kz.',
      'anna@example.1',
      'anna@example.k',
      'a[%b%]@example.kz',
      'anna@example.kz, b@example.kz',
      'Anna <anna@example.kz>',
      'anna@example.kz\r\nBcc: x@example.kz',
      'an\u200Bna@example.kz',
      'an\u0000na@example.kz',
      `${'a'.repeat(65)}@example.kz`,
      `anna@${'a'.repeat(64)}.kz`,
      `anna@${'a.'.repeat(130)}kz`,
      'anna,x@example.kz',
      'anna;x@example.kz',
    ];
    for (const raw of refused) assert.equal(normaliseEmail(raw).ok, false, raw);
  });

  test('never stands in the detail', () => {
    for (const raw of [
      'secretname',
      'secretname@secretname',
      'secretname@@x.kz',
      'secretname @x.kz',
      `${'secretname'.repeat(7)}@x.kz`,
    ]) {
      const result = normaliseEmail(raw);
      assert.ok(!result.ok && !result.detail.includes('secretname'));
    }
  });

  test('of usual shape is accepted; once accepted it is stable and safe in a header', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (raw) => {
        const { ok } = normaliseEmail(raw);
        // Purely numeric or one-letter top-level domains do not exist.
        assert.ok(ok || !/\.[a-z]{2,}$/i.test(raw), raw);
      }),
    );
    fc.assert(
      fc.property(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), ([a, b]) => {
        const result = normaliseEmail(`${a}@${b}.example`);
        if (!result.ok) return;
        assert.deepEqual(normaliseEmail(result.email), result);
        assert.doesNotMatch(result.email, /[\s<>,;:"()\\[\]]/);
      }),
      { numRuns: 2000 },
    );
  });
});
