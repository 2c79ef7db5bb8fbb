import { declareWords } from '../frame/words.ts';

export const HOME_WORDS = declareWords(
  {
    title: 'Today',
    lead: 'What needs a person now, and what is going on.',
    needs: 'Needs a person',
    nothing: 'Nothing waits for a person.',
    recent: 'Latest batches',
    all: 'All batches',
    stopped: 'No letter leaves: several calls in a row got no clear answer from the mail provider. {detail}',
    held: '{count} held',
    release: 'Start with a release',
    releaseId: 'Id of the release in the LMS',
    dryRun: 'Dry run',
    dryText: 'Judges everybody and shows what would happen. Nothing is awarded or sent.',
  },
  {
    title: 'Сегодня',
    lead: 'Что сейчас ждёт человека и что идёт.',
    needs: 'Ждёт человека',
    nothing: 'Ничто не ждёт человека.',
    recent: 'Последние партии',
    all: 'Все партии',
    stopped: 'Письма не уходят: на несколько обращений подряд почтовый сервис не дал ясного ответа. {detail}',
    held: 'задержано: {count}',
    release: 'Начать с релиза',
    releaseId: 'Номер релиза в LMS',
    dryRun: 'Пробный прогон',
    dryText: 'Проверяет всех и показывает, что произошло бы. Ничего не присуждается и не отправляется.',
  },
);
