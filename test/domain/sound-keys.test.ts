import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { searchWords } from '../../src/domain/text/search-words.ts';
import { indexWords, soundKeys, wordsAlike } from '../../src/domain/text/sound-keys.ts';

const finds = (typed: string, name: string): boolean => {
  const wanted = wordsAlike(searchWords(typed));
  const words = indexWords(name);
  return wanted.length > 0 && wanted.every((key) => words.some((word) => word.startsWith(key)));
};

describe('a name typed in another usual transliteration or alphabet', () => {
  const SAME: readonly (readonly [name: string, ...typed: string[]])[] = [
    ['Gulnora To‘xtayeva', 'Тохтаева', 'Tohtaeva', 'Tokhtayeva', "To'xtaeva", 'Гульнора Тохтаева', 'Тохта'],
    ['O‘tkir G‘ulomov', 'Уткир', 'Гуломов', 'Ghulomov', 'Gulyamov'],
    ['Feruza Sho‘rtanboyeva', 'Шортанбоева', 'Шуртанбаева'],
    ['Jamshid Ergashev', 'Джамшид', 'Жамшид', 'Dzhamshid'],
    ['Ҷамшед Қурбонов', 'Джамшед', 'Jamshed', 'Kurbonov'],
    ['Ерлан Жұмабаев', 'Zhumabayev', 'Jumabaev', 'Жумабаев'],
    ['Ғалымжан Өтегенов', 'Утегенов', 'Otegenov', 'Galymzhan'],
    ['Индира Һакимова', 'Khakimova', 'Hakimova', 'Хакимова'],
    ['Өлзийсайхан Нямжав', 'Улзийсайхан', 'Ulziisaikhan'],
    ['Fərid Məmmədov', 'Мамедов', 'Mammadov', 'Mamedov'],
    ['Rəşad İsmayılzadə', 'Рашад', 'Исмаилзаде'],
    ['Cavid Qasımov', 'Джавид', 'Касимов', 'Касымов'],
    ['Öwezowa Maýsa', 'Овезова', 'Ovezova'],
    ['Çary Hojaberdiýew', 'Чары', 'Ходжабердиев'],
    ['Gökçe Işıldak', 'Гёкче', 'Ishildak', 'Ышылдак'],
    ['Viorica Bălănescu', 'Виорика', 'Балэнеску'],
    ['Անահիտ Գրիգորյան', 'Григорян', 'Grigoryan'],
    ['ნინო ბერიძე', 'Беридзе', 'Beridze'],
    ['Пётр Подъячев', 'Podyachev', 'Podiachev', 'Petr'],
    ['Алексей Юсупов', 'Aleksey', 'Alexei', 'Yusupov', 'Iusupov'],
  ];
  for (const [name, ...typed] of SAME)
    test(`finds ${name}`, () => {
      for (const one of typed)
        assert.ok(finds(one, name), `${one}: ${wordsAlike(searchWords(one))} ${indexWords(name)}`);
    });

  test('does not find other names', () => {
    for (const [name, typed] of [
      ['Gulnora To‘xtayeva', 'Токтосунова'],
      ['Ерлан Жұмабаев', 'Рахимов'],
      ['Fərid Məmmədov', 'Ахмедов'],
      ['Алексей Юсупов', 'Алина'],
    ] as const)
      assert.ok(!finds(typed, name), `${typed} in ${name}`);
  });

  test('has no key when it is short, or in a script without Latin spellings', () => {
    for (const word of ['', 'я', 'ли', '王秀英', 'پروین', '2026']) assert.deepEqual(soundKeys(word), [], word);
  });
});

test('keys need no quoting, are no words, and cost at most two for each word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const words = searchWords(text);
      const keys = words.flatMap(soundKeys);
      assert.ok(keys.length <= 2 * words.length);
      for (const key of keys) {
        assert.match(key, /^~[a-z]{3,}$/);
        assert.ok(!words.includes(key));
      }
    }),
  );
});
