import { declareWords } from '../frame/words.ts';

export const PEOPLE_WORDS = declareWords(
  {
    title: 'People',
    lead: 'Everybody whom the LMS named, with or without a certificate.',
    q: 'Name, e-mail, number, code or id',
    state: 'State',
    reason: 'Reason',
    reasonHint: 'A reason code such as country-unknown.',
    release: 'Release',
    country: 'Country',
    any: 'any',
    name: 'Name',
    latin: 'Latin name',
    number: 'Number',
    why: 'Why',
    reissue: 'a printed fact has changed',
    empty:
      'Nobody matches. Check the spelling, or search for a part of the name; names may be typed in Cyrillic or Latin letters.',
    found: 'Found people',
  },
  {
    title: 'Люди',
    lead: 'Все, кого назвала LMS, — с сертификатом и без.',
    q: 'Имя, e-mail, номер, код или идентификатор',
    state: 'Состояние',
    reason: 'Причина',
    reasonHint: 'Код причины, например country-unknown.',
    release: 'Релиз',
    country: 'Страна',
    any: 'любое',
    name: 'Имя',
    latin: 'Латиницей',
    number: 'Номер',
    why: 'Почему',
    reissue: 'напечатанное изменилось',
    empty:
      'Никто не найден. Проверьте написание или ищите по части имени; имена можно набирать кириллицей или латиницей.',
    found: 'Найденные люди',
  },
);
