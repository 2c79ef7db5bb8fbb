import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES } from '../../src/domain/messages/languages.ts';
import {
  type MessageCode,
  message,
  messageIn,
  TRANSLATED_CODES,
  translate,
} from '../../src/domain/messages/message.ts';

/** Any message code with any parameters. The compiler checks these types elsewhere, but not here. */
const say = messageIn as (language: 'en' | 'ru', code: MessageCode, parameters: Record<string, string>) => string;
const namesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const wording = (code: MessageCode, language: 'en' | 'ru' = 'en') =>
  say(language, code, new Proxy({}, { get: (_, name) => `{${String(name)}}` }));

describe('messages for coordinators', () => {
  test('have a Russian text each, with the same parameters as in English', () => {
    for (const code of TRANSLATED_CODES) {
      assert.deepEqual(namesOf(wording(code, 'ru')).sort(), namesOf(wording(code)).sort(), code);
      const prose = wording(code, 'ru').replace(/\{\w+\}/g, '');
      assert.doesNotMatch(prose, /\b(the|is|are|not|with|and)\b/, code);
    }
  });

  test('are found inside an English text, whatever their parameters are', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_./-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...TRANSLATED_CODES),
        fc.array(word, { minLength: 6, maxLength: 6 }),
        (code, words) => {
          const names = namesOf(wording(code));
          const parameters = Object.fromEntries(names.map((name, index) => [name, `~${words[index]}`]));
          if (
            wording(code)
              .replace(/\{\w+\}/g, '')
              .trim() === ''
          )
            return;
          assert.equal(translate(say('en', code, parameters), 'ru'), say('ru', code, parameters));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('are translated together with the messages inside them', () => {
    const score = message('criterion.needed', {
      name: 'progress.score',
      actual: message('actual.value', { value: 57 }),
      need: message('need.atLeast', { value: 60 }),
    });
    const consent = message('criterion.needed', {
      name: 'consent.personal-data',
      actual: message('actual.unknown'),
      need: message('value.true'),
    });
    const unmet = [score, consent, message('expelled')].join('; ');
    const told = 'progress.score: 57, нужно не меньше 60; consent.personal-data: нет данных, нужно да';
    assert.equal(translate(unmet, 'ru'), `${told}; студент отчислен и диплома не получит`);
    assert.equal(
      translate(message('flag.no-longer-met', { detail: unmet }), 'ru'),
      `после выдачи критерии больше не выполнены: ${told}; студент отчислен и диплома не получит`,
    );
    const due = message('window.due', {
      time: 'Wed 2026-12-02 21:00 UTC+05:00',
      why: message('window.outside'),
      zone: 'Asia/Tashkent',
      next: 'Thu 2026-12-03 09:00 UTC+05:00',
    });
    assert.match(
      translate(due, 'ru'),
      /^назначенное время отправки — Wed 2026-12-02 21:00 UTC\+05:00, оно вне окон отправки/,
    );
    assert.equal(
      translate(`project.title: ${message('text.room', { count: 300, template: 'teacher-ru' })}`, 'ru'),
      'project.title: знаков: 300, они не помещаются на своё место в шаблоне «teacher-ru»: сократите текст',
    );
  });

  test('are translated without a change of text that a person wrote', () => {
    for (const text of ['', 'asked by the school', 'a; b', 'student.fullName: x', 'role', 'Сказано: да'])
      for (const language of LANGUAGES) assert.equal(translate(text, language), text);
  });

  test('are translated in time proportional to the length of the text', () => {
    const hostile = `${'a; b: c says d, e '.repeat(100)} is needed`;
    const begun = process.cpuUsage();
    translate(hostile.slice(0, 2000), 'ru');
    const { user } = process.cpuUsage(begun);
    assert.ok(user < 2_000_000, `${user} µs`);
  });
});
