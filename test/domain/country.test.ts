import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CountryInputs, resolveCountry } from '../../src/domain/country/country.ts';
import { isCountryCode, readCountry } from '../../src/domain/country/country-name.ts';
import { CLDR_NAMES, OTHER_SPELLINGS } from './country-spellings.ts';

interface Spelling {
  text: string;
  /** ISO 3166-1 alpha-2; null when it must not be recognised. */
  code: string | null;
}
function spellings(table: string): Spelling[] {
  return table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [code = '', texts = ''] = line.split(': ');
      return texts.split(' | ').map((text) => ({ text, code: code === 'held' ? null : code }));
    });
}

/** Pairs of countries whose names differ by one letter in some language. */
const NEIGHBOURS = new Set(['IQ-IR', 'IE-IS', 'CN-FI', 'AL-DE', 'CN-KP', 'AI-GB']);

const none: CountryInputs = {
  override: null,
  registrationCountry: null,
  studentCountry: null,
  phone: null,
  timezone: null,
};
const resolve = (inputs: Partial<CountryInputs>) => resolveCountry({ ...none, ...inputs });

describe('a country in free text', () => {
  test('is read correctly or not at all, never wrongly, in five hundred spellings of twelve languages', (t) => {
    const tally = { right: 0, misspelt: 0, held: 0 };
    for (const { text, code } of spellings(CLDR_NAMES)) {
      const reading = readCountry(text);
      assert.ok(reading === null || reading.code === code, `${text} is ${code}, read as ${reading?.code}`);
      tally[reading === null ? 'held' : reading.match === 'fuzzy' ? 'misspelt' : 'right'] += 1;
    }
    t.diagnostic(JSON.stringify(tally));
    assert.ok(tally.right >= 510 && tally.held + tally.misspelt <= 17, JSON.stringify(tally));
  });

  test('is read from codes, flags, old and official names, other alphabets and common misspellings; the rest is not guessed', () => {
    const table = spellings(OTHER_SPELLINGS);
    assert.ok(table.length > 200);
    for (const { text, code } of table) {
      const reading = readCountry(text);
      assert.equal(reading?.code ?? null, code, text);
      assert.notEqual(reading?.match, 'fuzzy', text);
    }
  });

  test('is read from official long names, adjectives, names in inverted order, and HTML-escaped names', () => {
    const names: Record<string, string> = {
      'Азербайджанская Республика': 'AZ',
      'АЗЕРБАЙДЖАНСКАЯ  РЕСПУБЛИКА': 'AZ',
      'Молдавская Республика': 'MD',
      'Республика Узбекистан': 'UZ',
      'Исламская Республика Афганистан': 'AF',
      'Iran, Islamic Republic of': 'IR',
      'Bolivia, Plurinational State Of': 'BO',
      'Congo, The Democratic Republic Of The': 'CD',
      "Korea, Democratic People's Republic Of": 'KP',
      'Korea, Republic Of': 'KR',
      'Tanzania, United Republic Of': 'TZ',
      'Venezuela (Bolivarian Republic of)': 'VE',
      'Federal Republic of Germany': 'DE',
      'République française': 'FR',
      'République d’Azerbaïdjan': 'AZ',
      'République de Moldavie': 'MD',
      'Swiss Confederation': 'CH',
      'Cura&ccedil;ao': 'CW',
      'S&atilde;o Tom&eacute; and Pr&iacute;ncipe': 'ST',
      'Saint Martin (Dutch part)': 'SX',
      'Virgin Islands (US)': 'VI',
    };
    for (const [text, code] of Object.entries(names))
      assert.deepEqual(readCountry(text), { code, match: 'name' }, text);
    // Texts that become another country when one word is missing or one letter is wrong.
    for (const text of [
      'Congo, Republic',
      'Islamic Republic of Iraq',
      'Republic of Dominica',
      'Democratic Republic of China',
      'State of Georgia',
      'Georgia State',
      'Georgia, United States',
    ])
      assert.equal(readCountry(text), null, text);
  });

  test('is used only with a second source when its code also means another country', () => {
    const inputs = { override: null, registrationCountry: null, studentCountry: 'KR', phone: null, timezone: null };
    const alone = resolveCountry(inputs);
    assert.ok(alone.kind === 'unknown');
    assert.match(alone.question.en, /the profile has the code KR, which is also used for another country/i);
    assert.equal(resolveCountry({ ...inputs, registrationCountry: 'KR' }).kind, 'unknown');
    assert.equal(resolveCountry({ ...inputs, phone: '+996 555 123 456' }).kind, 'conflict');
    for (const agrees of [{ timezone: 'Asia/Seoul' }, { registrationCountry: 'South Korea' }, { override: 'KR' }]) {
      const known = resolveCountry({ ...inputs, ...agrees });
      assert.ok(known.kind === 'known' && known.code === 'KR' && known.confidence === 'confirmed');
    }
    // The codes of the programme's own countries have only one meaning.
    for (const code of ['AM', 'AZ', 'BY', 'GE', 'KG', 'KZ', 'MD', 'MN', 'TJ', 'TM', 'UZ', 'RU', 'UA', 'DE'])
      assert.equal(resolveCountry({ ...inputs, studentCountry: code }).kind, 'known', code);
  });

  test('is marked as misspelt when it contains a spelling mistake', () => {
    assert.deepEqual(readCountry('Узбекистн'), { code: 'UZ', match: 'fuzzy' });
    assert.deepEqual(readCountry('Узбекистан'), { code: 'UZ', match: 'name' });
    assert.deepEqual(readCountry('uzb'), { code: 'UZ', match: 'code' });
  });

  test('in the spelling of thirteen languages is read correctly or not at all, and mostly read', () => {
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

  test('is read in its usual name where the language data have another one, and in both alphabets of a language', () => {
    const usual = {
      KZ: 'Қозоғистон',
      AZ: 'Озарбайжон',
      IR: 'ایران',
      MD: 'Republik Moldau',
      CZ: 'التشيك',
      KG: '키르기스스탄',
      AM: 'Jermenija',
      KR: 'Janubiy Koreya',
      UZ: 'Узбекистан',
    };
    for (const [code, name] of Object.entries(usual)) assert.deepEqual(readCountry(name), { code, match: 'name' });
    assert.equal(readCountry('Қозоғистан'), null, 'such a name counts only when it is written exactly');
  });

  test('with one letter added, removed, changed or swapped is read correctly or not at all, never as another country', () => {
    const known = [...spellings(CLDR_NAMES), ...spellings(OTHER_SPELLINGS)].filter(
      ({ text, code }) => code !== null && text.length >= 5 && readCountry(text),
    );
    const letters = [...new Set(known.flatMap(({ text }) => [...text.toLowerCase()]))];
    const edit = fc.constantFrom('add', 'lose', 'change', 'swap');
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.nat(),
        edit,
        fc.constantFrom(...letters),
        (name, seed, kind, letter) => {
          const signs = [...name.text];
          const at = seed % (signs.length - 1);
          const [a = '', b = ''] = signs.slice(at);
          const instead = { add: letter + a + b, lose: b, change: letter + b, swap: b + a }[kind];
          const broken = signs.slice(0, at).join('') + instead + signs.slice(at + 2).join('');
          const reading = readCountry(broken);
          if (reading === null || reading.code === name.code) return;
          // In these pairs the changed text is exactly the name of the other country (Iran and Iraq).
          const pair = [name.code, reading.code].sort().join('-');
          assert.ok(reading.match !== 'fuzzy' && NEIGHBOURS.has(pair), `${name.text}, ${broken} → ${reading.code}`);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('gives a valid country code or null for any input, and never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'kazхстанҚ ,-(/.🇰🇿') })),
        (text) => {
          const reading = readCountry(text);
          assert.ok(reading === null || isCountryCode(reading.code));
        },
      ),
    );
    assert.equal(readCountry('К'.repeat(1_000_000)), null);
  });
});

describe('the country of a teacher', () => {
  test('is taken from the override, else from the registration, else from the profile', () => {
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

  test('is taken from the next source when one source cannot be read; the unreadable source is recorded', () => {
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

  test('is confirmed when a second source, the phone or the time zone agrees', () => {
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

  test('is reported as a conflict when registration, profile, phone or time zone disagree', () => {
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

  test('is never derived from the phone or the time zone alone', () => {
    const result = resolve({ phone: '+77011234567', timezone: 'Asia/Almaty' });
    assert.ok(result.kind === 'unknown');
    assert.match(result.detail, /phone says KZ; timezone says KZ/);
    assert.equal(resolve({}).kind, 'unknown');
  });

  test('is not put in doubt by a source that says nothing about countries', () => {
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

  test('can be confirmed by time zones with old names and by time zones of several countries', () => {
    const agrees = (registrationCountry: string, timezone: string) =>
      assert.equal(resolve({ registrationCountry, timezone }).kind, 'known', `${registrationCountry} ${timezone}`);
    agrees('UA', 'Europe/Kiev');
    agrees('IN', 'Asia/Calcutta');
    agrees('TR', 'Asia/Istanbul');
    agrees('NO', 'Europe/Berlin');
    agrees('KG', 'Asia/Bishkek');
  });

  test('is not put in doubt by a phone number of a territory with the same calling code', () => {
    assert.equal(resolve({ registrationCountry: 'GB', phone: '+447911123456' }).kind, 'known');
    assert.equal(resolve({ registrationCountry: 'RU', phone: '+77011234567' }).kind, 'conflict');
  });

  test('is never shown in messages as the person typed it', () => {
    const result = resolve({
      registrationCountry: 'Secretname street 5',
      studentCountry: 'secretname',
      phone: '+77011234567',
    });
    assert.ok(result.kind === 'unknown');
    assert.doesNotMatch(JSON.stringify(result), /secretname|7701/i);
  });

  test('is accepted with a spelling mistake only when another source confirms it', () => {
    // «Грузин» (a nationality) is one letter from «Грузия» (a country).
    for (const registrationCountry of ['Узбекистн', 'Грузин', 'Armenian']) {
      const alone = resolve({ registrationCountry, studentCountry: registrationCountry });
      assert.equal(alone.kind, 'unknown', registrationCountry);
      assert.match(alone.kind === 'unknown' ? alone.detail : '', /misspelt.*registration\.country says [A-Z]{2}/);
    }
    for (const inputs of [{ studentCountry: 'UZ' }, { phone: '+998901234567' }, { timezone: 'Asia/Tashkent' }]) {
      const result = resolve({ registrationCountry: 'Узбекистн', ...inputs });
      assert.ok(result.kind === 'known' && result.code === 'UZ' && result.confidence === 'confirmed');
      assert.equal(result.match, 'fuzzy');
    }
    assert.equal(resolve({ registrationCountry: 'Armenian', phone: '+79161234567' }).kind, 'conflict');
    assert.equal(resolve({ override: 'Узбекистн' }).kind, 'unknown', 'an override is read to the letter');
  });

  test('causes a question of one line when it is unclear; the question does not repeat the original text', () => {
    const asked = (inputs: Partial<CountryInputs>) => {
      const result = resolve(inputs);
      assert.ok(result.kind !== 'known');
      return [result.question.en, result.question.ru];
    };
    assert.deepEqual(asked({ registrationCountry: 'KZ', studentCountry: 'Россия', timezone: 'UTC', phone: 'none' }), [
      'The registration says KZ, the profile says RU. In which country is the teacher?',
      'Регистрация — KZ, профиль — RU: в какой стране преподаватель?',
    ]);
    assert.deepEqual(asked({ studentCountry: 'Secretname', phone: '+77011234567', timezone: 'Asia/Almaty' }), [
      'The profile does not name exactly one country, the phone says KZ, the time zone says KZ. In which country is the teacher?',
      'Профиль — страна неясна, телефон — KZ, часовой пояс — KZ: в какой стране преподаватель?',
    ]);
    assert.deepEqual(asked({ registrationCountry: 'Узбекистн' }), [
      'The registration probably means UZ, with a spelling mistake. Is the teacher in UZ?',
      'Регистрация — похоже на UZ, но с ошибкой: преподаватель в стране UZ?',
    ]);
    assert.deepEqual(asked({ timezone: 'UTC' }), [
      'No source says in which country the teacher is. In which country is the teacher?',
      'Ни один источник не говорит, в какой стране преподаватель: какая это страна?',
    ]);
    assert.deepEqual(asked({ override: 'Secretname', studentCountry: 'KZ' }), [
      'The override does not name exactly one country, the profile says KZ. In which country is the teacher?',
      'Правка — страна неясна, профиль — KZ: в какой стране преподаватель?',
    ]);
  });
});
