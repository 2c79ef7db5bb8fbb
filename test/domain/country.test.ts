import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CountryInputs, resolveCountry } from '../../src/domain/country.ts';
import { isCountryCode, readCountry } from '../../src/domain/country-name.ts';

const SPELLINGS = `
KZ: KZ | kz | KAZ | Kazakhstan | Казахстан | Қазақстан | КАЗАХСТАН | казахстан. | Республика Казахстан | Қазақстан Республикасы | Republic of Kazakhstan | Kazahstan | Казакстан | Qazaqstan | Казахстан, KZ | 🇰🇿 | Казахтан | Kazakhsatn
UZ: Uzbekistan | Узбекистан | Oʻzbekiston | O'zbekiston | O‘zbekiston Respublikasi | Ўзбекистон | Uzbekiston | UZB | Узбекистн | Узбекстан
KG: Kyrgyzstan | Кыргызстан | Киргизия | Киргизстан | Kyrgyz Republic | Кыргызская Республика | KGZ | Kirgizstan
TJ: Tajikistan | Таджикистан | Тоҷикистон | Tadzhikistan | Ҷумҳурии Тоҷикистон
TM: Turkmenistan | Туркменистан | Туркмения | Türkmenistan
AM: Armenia | Армения | Հայաստան | Hayastan
AZ: Azerbaijan | Азербайджан | Azərbaycan | Azərbaycan Respublikası | Азербаджан
BY: Belarus | Беларусь | Белоруссия | Рэспубліка Беларусь | Республика Беларусь | Белорусия
GE: Georgia | Грузия | საქართველო | Sakartvelo
MD: Moldova | Молдова | Молдавия | Republica Moldova | Moldova, Republic of
MN: Mongolia | Монголия | Монгол Улс
RU: Russia | Россия | РФ | Российская Федерация | Russian Federation | Росия
US: USA | U.S.A. | США | United States of America | Соединённые Штаты Америки
GB: UK | United Kingdom | Великобритания | England
KR: South Korea | Республика Корея | Южная Корея | 대한민국
KP: North Korea | КНДР
NE: Niger | Нигер
NG: Nigeria | Нигерия
CD: DR Congo | Демократическая Республика Конго
CG: Republic of the Congo | Республика Конго
GN: Guinea | Гвинея
GW: Guinea-Bissau
GQ: Equatorial Guinea
DM: Dominica | Доминика
DO: Dominican Republic | Доминиканская Республика | Доминикана
AT: Austria | Австрия | Österreich
AU: Australia | Австралия
SK: Slovakia | Словакия
SI: Slovenia | Словения
TR: Türkiye | Turkey | Турция
TW: Republic of China
CN: Китай | 中国 | China
`;
const UNREADABLE =
  'Korea | Корея | Congo | Конго | Niegria | Dominican Rep of | Slovania | Австрлия | Иландия | Swedan | Siberia | ' +
  'Tatarstan | Дагестан | Almaty | Ташкент | Atlanta, Georgia | Georgia, USA | KZ/UZ | Kazakhstan, Uzbekistan | РК | РБ | ZZ | XX | QQQ | 7 | 398 | ' +
  '? | - | n/a | СНГ | Абхазия | Земля | USSR | СССР | Stan | Guinee Bis | Iraan | Irann';

const none: CountryInputs = {
  override: null,
  registrationCountry: null,
  studentCountry: null,
  phone: null,
  timezone: null,
};
const resolve = (inputs: Partial<CountryInputs>) => resolveCountry({ ...none, ...inputs });

describe('a country', () => {
  test('is read from codes, names of many languages, old names and unmistakable misspellings', () => {
    for (const line of SPELLINGS.trim().split('\n')) {
      for (const text of line.slice(4).split(' | ')) assert.equal(readCountry(text)?.code, line.slice(0, 2), text);
    }
  });

  test('is never guessed', () => {
    for (const text of UNREADABLE.split(' | ')) assert.equal(readCountry(text), null, text);
  });

  test('that was misspelt is marked so', () => {
    assert.deepEqual(readCountry('Узбекистн'), { code: 'UZ', match: 'fuzzy' });
    assert.deepEqual(readCountry('Узбекистан'), { code: 'UZ', match: 'name' });
    assert.deepEqual(readCountry('uzb'), { code: 'UZ', match: 'code' });
  });

  test('in the spelling of thirteen languages is right or held, and mostly right', () => {
    const tally = { right: 0, held: 0 };
    for (const language of ['en', 'ru', 'kk', 'uz', 'ky', 'tg', 'hy', 'ka', 'az', 'be', 'ro', 'mn', 'tr']) {
      const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
      for (let number = 0; number < 676; number += 1) {
        const code = String.fromCharCode(65 + Math.floor(number / 26), 65 + (number % 26));
        const name = isCountryCode(code) ? names.of(code) : undefined;
        if (name === undefined) continue;
        const reading = readCountry(name);
        assert.ok(reading === null || reading.code === code, `${name} is ${code}, read as ${reading?.code}`);
        tally[reading ? 'right' : 'held'] += 1;
      }
    }
    assert.ok(tally.right > 3000 && tally.held / tally.right < 0.08, JSON.stringify(tally));
  });

  test('cut, doubled or swapped in any letter is right or held, never another', () => {
    const names = SPELLINGS.trim()
      .split('\n')
      .flatMap((line) =>
        line
          .slice(4)
          .split(' | ')
          .map((name) => ({ code: line.slice(0, 2), name })),
      );
    const long = names.filter(({ name }) => name.length >= 5);
    fc.assert(
      fc.property(
        fc.constantFrom(...long),
        fc.nat(),
        fc.constantFrom('cut', 'double', 'swap'),
        ({ code, name }, seed, kind) => {
          const at = seed % (name.length - 1);
          const [a = '', b = ''] = name.slice(at, at + 2);
          const broken = name.slice(0, at) + { cut: b, double: a + a + b, swap: b + a }[kind] + name.slice(at + 2);
          const reading = readCountry(broken);
          assert.ok(reading === null || reading.code === code, `${broken} → ${reading?.code}`);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is read from anything without throwing, to a real code or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        const reading = readCountry(text);
        assert.ok(reading === null || isCountryCode(reading.code));
      }),
    );
    assert.equal(readCountry('К'.repeat(1_000_000)), null);
  });
});

describe('the country of a teacher', () => {
  test('comes from the override, else the registration, else the profile', () => {
    const result = resolve({
      override: 'AM',
      registrationCountry: 'KZ',
      studentCountry: 'Узбекистан',
      phone: '+998901234567',
    });
    assert.ok(result.kind === 'known');
    assert.deepEqual([result.code, result.source, result.confidence], ['AM', 'override', 'confirmed']);
    const registered = resolve({ registrationCountry: 'KZ' });
    assert.ok(registered.kind === 'known');
    assert.deepEqual(
      [registered.code, registered.source, registered.confidence],
      ['KZ', 'registration.country', 'stated'],
    );
    const profile = resolve({ registrationCountry: '  ', studentCountry: 'Казахстан' });
    assert.ok(profile.kind === 'known' && profile.source === 'student.country');
  });

  test('passes over what cannot be read, and keeps that it was seen', () => {
    const result = resolve({ registrationCountry: 'Конго', studentCountry: 'Казахстан' });
    assert.ok(result.kind === 'known' && result.code === 'KZ');
    assert.deepEqual(result.seen, [
      { source: 'registration.country', code: null, match: null },
      { source: 'student.country', code: 'KZ', match: 'name' },
    ]);
    assert.equal(
      resolve({ override: 'Конго', registrationCountry: 'KZ' }).kind,
      'unknown',
      'an override is never passed over',
    );
  });

  test('is confirmed by a second source, the phone or the time zone', () => {
    for (const inputs of [
      { studentCountry: 'Казахстан' },
      { phone: '+7 701 123-45-67' },
      { phone: '8 701 123 45 67' },
      { timezone: 'Asia/Almaty' },
      { timezone: 'asia/qostanay' },
    ]) {
      const result = resolve({ registrationCountry: 'KZ', ...inputs });
      assert.ok(result.kind === 'known' && result.confidence === 'confirmed', JSON.stringify(inputs));
    }
  });

  test('is in conflict where registration, profile, phone or time zone disagree', () => {
    for (const inputs of [
      { studentCountry: 'UZ' },
      { phone: '+79161234567' },
      { phone: '+998901234567' },
      { timezone: 'Europe/Moscow' },
      { timezone: 'Asia/Tashkent' },
    ]) {
      const result = resolve({ registrationCountry: 'KZ', ...inputs });
      assert.equal(result.kind, 'conflict', JSON.stringify(inputs));
      assert.match(result.kind === 'conflict' ? result.detail : '', /registration\.country says KZ.*in the LMS/);
    }
  });

  test('is never learnt from phone or time zone alone', () => {
    const result = resolve({ phone: '+77011234567', timezone: 'Asia/Almaty' });
    assert.ok(result.kind === 'unknown');
    assert.match(result.detail, /phone says KZ, timezone says KZ/);
    assert.equal(resolve({}).kind, 'unknown');
  });

  test('is not contradicted by what says nothing', () => {
    for (const inputs of [
      { timezone: 'UTC' },
      { timezone: 'Etc/GMT-5' },
      { timezone: '+05:00' },
      { timezone: 'Mars/Base' },
      { phone: '123' },
      { phone: 'none' },
      { phone: '+7' },
      { phone: '89161234567' },
    ]) {
      const result = resolve({ registrationCountry: 'KZ', ...inputs });
      assert.ok(result.kind === 'known' && result.confidence === 'stated', JSON.stringify(inputs));
    }
  });

  test('agrees with zones that have former names or serve several countries', () => {
    const agrees = (registrationCountry: string, timezone: string) =>
      assert.equal(resolve({ registrationCountry, timezone }).kind, 'known', `${registrationCountry} ${timezone}`);
    agrees('UA', 'Europe/Kiev');
    agrees('IN', 'Asia/Calcutta');
    agrees('TR', 'Asia/Istanbul');
    agrees('NO', 'Europe/Berlin');
    agrees('KG', 'Asia/Bishkek');
  });

  test('is not contradicted by a phone of a territory that shares its calling code', () => {
    assert.equal(resolve({ registrationCountry: 'GB', phone: '+447911123456' }).kind, 'known');
    assert.equal(resolve({ registrationCountry: 'RU', phone: '+77011234567' }).kind, 'conflict');
  });

  test('never shows in details what people wrote', () => {
    const result = resolve({
      registrationCountry: 'Secretname street 5',
      studentCountry: 'secretname',
      phone: '+77011234567',
    });
    assert.ok(result.kind === 'unknown');
    assert.doesNotMatch(JSON.stringify(result), /secretname|7701/i);
  });
});
