import { declareWords } from '../frame/words.ts';

export const REPORT_WORDS = declareWords(
  {
    title: 'Reports',
    lead: 'Choose a release: its register, all its diplomas, and how its people are spread over states, countries and templates.',
    release: 'Release',
    show: 'Show',
    byState: 'By state',
    byCountry: 'By country',
    byTemplate: 'By template',
    name: 'Name',
    count: 'People',
    share: 'Share',
    download: 'Register and diplomas',
    none: 'There is no such release here.',
  },
  {
    title: 'Отчёты',
    lead: 'Выберите релиз: его реестр, все дипломы и распределение людей по состояниям, странам и шаблонам.',
    release: 'Релиз',
    show: 'Показать',
    byState: 'По состояниям',
    byCountry: 'По странам',
    byTemplate: 'По шаблонам',
    name: 'Название',
    count: 'Людей',
    share: 'Доля',
    download: 'Реестр и дипломы',
    none: 'Такого релиза здесь нет.',
  },
);
