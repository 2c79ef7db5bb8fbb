import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normaliseEmail } from '../../src/domain/letter/email-address.ts';

describe('an e-mail address', () => {
  test('is normalised by trimming and lower-casing', () => {
    assert.deepEqual(normaliseEmail(' Assel.N+ru@Example.KZ\n'), { ok: true, email: 'assel.n+ru@example.kz' });
  });

  test('may be internationalised, and then keeps its non-Latin letters', () => {
    for (const email of [
      'учитель@пример.рф',
      'ivan.ivanov@пример.рф',
      'mail@почта.example',
      'a@mail.школа.рус',
      'anna@bücher.example',
      'yıldız@örnek.example',
      'علي@مثال.example',
      '山田taro@例え.example',
      'анна.petrova@example.kz',
      'şəhla@məktəb.example',
      'anna@example.test',
      "o'brien@example.ie",
      'a_b-c@x-y.example',
      // Real Latin top-level domains below names in other alphabets; none looks like a Georgian or Greek letter.
      ...['школа.com', 'мектеп.co', 'სკოლა.com', 'դպրոց.com', 'σχολείο.com', '学校.jp', 'مدرسة.com'].map(
        (at) => `a@${at}`,
      ),
      'ნინო.a@სკოლა.გე',
    ])
      assert.deepEqual(normaliseEmail(email), { ok: true, email });
  });

  test('is refused when a mail provider could reject its form', () => {
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

  test('is equal to the same address with the domain in Unicode or in punycode', () => {
    for (const [travels, letters] of [
      ['A@XN--E1AFMKFD.xn--p1ai', 'a@пример.рф'],
      ['a@ПРИМЕР.рф', 'a@пример.рф'],
      ['a@mail.xn--bcher-kva.example', 'a@mail.bücher.example'],
    ] as const)
      assert.deepEqual(normaliseEmail(travels), { ok: true, email: letters });
    for (const none of ['a@xn--zzzz.com', 'a@xn--gmil-63d.com', 'a@example.xn--zzzz'])
      assert.equal(normaliseEmail(none).ok, false, none);
  });

  test('that is probably misspelt is refused, and the probable correct address is suggested', () => {
    const meant: [string, string | null][] = [
      // A Cyrillic letter that looks like a Latin one.
      ['anna@gmаil.com', 'anna@gmail.com'],
      ['аnna@gmail.com', 'anna@gmail.com'],
      ['а.petrova@gmail.com', 'a.petrova@gmail.com'],
      ['АNNА@MАIL.RU', 'anna@mail.ru'],
      ['anna@gmail.сом', 'anna@gmail.com'],
      ['anna@mail.ру', 'anna@mail.ru'],
      ['anna@сосо.com', 'anna@coco.com'],
      ['anna@xn--gmil-63d.com', 'anna@gmail.com'],
      ['шkola@gmail.com', null],
      // A Latin letter that looks like a Cyrillic one.
      ['aнна@пример.рф', 'анна@пример.рф'],
      ['анна@пpимep.рф', 'анна@пример.рф'],
      ['annα@example.com', 'anna@example.com'],
      ['annօ@example.com', 'anno@example.com'],
      // Full-width letters.
      ['ａnna@example.com', 'anna@example.com'],
      ['anna@ｇｍａｉｌ.com', 'anna@gmail.com'],
      ['anna＠example.com', 'anna@example.com'],
      ['anna@example．com', 'anna@example.com'],
      // Turkish and Azerbaijani case conversion.
      ['İNCİ@example.com', 'inci@example.com'],
      ['info@MAİL.com', 'info@mail.com'],
      ['yıldız@example.com', 'yildiz@example.com'],
      // Invisible characters copied with an address.
      ['an\u200bna@example.com', 'anna@example.com'],
      ['anna @ example.com', 'anna@example.com'],
      ['Anna Test <anna@example.com>', 'anna@example.com'],
      ['mailto:anna@example.com', 'anna@example.com'],
      ['anna@example.com.', 'anna@example.com'],
      ['anna b@example.com', null],
      ['a@example.com, b@example.com', null],
      // Domains that cannot exist.
      ['anna@example.invalid', null],
      ['anna@localhost', null],
      ['anna@mail.localhost', null],
      ['anna@school.local', null],
      ['anna@[127.0.0.1]', null],
    ];
    for (const [raw, suggestion] of meant) {
      const result = normaliseEmail(raw);
      assert.ok(!result.ok, raw);
      assert.equal(result.suggestion, suggestion, raw);
    }
  });

  test('with one look-alike letter of another alphabet is refused, and the correct address is suggested', () => {
    const pairs: Record<string, string> = {
      a: 'а',
      c: 'с',
      e: 'е',
      o: 'о',
      p: 'р',
      x: 'х',
      y: 'у',
      k: 'к',
      m: 'м',
      t: 'т',
    };
    const address = fc
      .tuple(fc.stringMatching(/^[a-z]{2,8}[.][a-z]{2,8}$/), fc.stringMatching(/^[b-z]{3,10}$/))
      .map(([local, domain]) => `${local}@${domain}.com`);
    fc.assert(
      fc.property(address, fc.nat(), (email, at) => {
        const places = [...email].flatMap((letter, index) => (letter in pairs ? [index] : []));
        const place = places[at % places.length] ?? 0;
        const raw = email.slice(0, place) + (pairs[email[place] ?? ''] ?? '') + email.slice(place + 1);
        assert.deepEqual({ ...normaliseEmail(raw), detail: '' }, { ok: false, detail: '', suggestion: email });
      }),
    );
  });

  test('never appears in the message about it', () => {
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

  test('of the usual form is accepted; an accepted address stays the same when normalised again, and is safe in a mail header', () => {
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
        if (!result.ok) {
          if (result.suggestion !== null)
            assert.deepEqual(normaliseEmail(result.suggestion), { ok: true, email: result.suggestion });
          return;
        }
        assert.deepEqual(normaliseEmail(result.email), result);
        assert.doesNotMatch(result.email, /[\s<>,;:"()\\[\]]/);
      }),
      { numRuns: 2000 },
    );
  });
});
