import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type LetterOptions, runLetter } from '../../src/commands/letter.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { dropUnnamedTemplates } from '../support/world.ts';
import { gramota, told } from './command-line.ts';

describe('gramota letter', () => {
  let dir: string;
  let env: Record<string, string>;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-test-'));
    await cp(resolve('templates'), join(dir, 'templates'), { recursive: true });
    await dropUnnamedTemplates(join(dir, 'templates'));
    env = { TEMPLATES_DIR: join(dir, 'templates'), PUBLIC_URL: 'https://verify.example' };
  });
  after(() => rm(dir, { recursive: true, force: true }));
  const letter = (name: string, options: LetterOptions = {}) =>
    told((say) => runLetter(readConfig(env, NEEDED.nothing), name, options, say));

  it('prints subject and text in every language, and needs no settings', async () => {
    const ran = await gramota(['letter', 'diploma'], env);
    assert.deepEqual([ran.code, ran.err], [0, []]);
    const heads = ran.out.filter((line) => line.startsWith('letter/'));
    assert.deepEqual(
      heads,
      ['az', 'en', 'hy', 'ka', 'kk', 'ky', 'ru', 'tg', 'uz'].map(
        (tag) => `letter/diploma/${tag}: a SAMPLE with invented data`,
      ),
    );
    assert.equal(ran.out.filter((line) => line.startsWith('Subject: ')).length, 9);
    assert.match(ran.out.join('\n'), /https:\/\/verify\.example\/c\/SAMPLE/);
    const one = await gramota(['letter', 'diploma', '--language', 'ru', '--extreme'], env);
    assert.equal(one.out.filter((line) => line.startsWith('Subject: ')).length, 1);
    assert.match(one.out.join('\n'), /\[ % 7\*7 % \]/);
  });

  it('can write HTML, plain text, or an .eml file that e-mail programs open', async () => {
    const file = async (name: string, language = 'ru') => {
      const path = join(dir, name);
      const ran = await letter('diploma', { language, out: path });
      assert.deepEqual([ran.code, ran.out], [0, [`sample of letter/diploma/${language} → ${path}`]]);
      return readFile(path, 'utf8');
    };
    const html = await file('a.html');
    assert.match(html, /<html[^>]* lang="ru"[\s\S]*образец/);
    const text = await file('a.txt');
    assert.match(text, /^Subject: .*\n\n/);
    const message = await file('a.eml');
    const [head = '', ...parts] = message.split(/\r\n--gramota-sample-(?:letter|texts)(?:--)?\r\n/);
    assert.match(head, /^From: .*\r\nTo: sample@example\.org\r\nSubject: =\?utf-8\?B\?/);
    for (const line of message.split('\r\n')) assert.ok(line.length <= 76 && !/[\r\n]/.test(line), line);
    const words = [...head.matchAll(/=\?utf-8\?B\?([\w+/=]+)\?=/g)].map(([, word = '']) =>
      Buffer.from(word, 'base64').toString(),
    );
    assert.match(words.join(''), /^\[SAMPLE\] .*образец/);
    const attached = parts.find((part) => part.includes('application/pdf'))?.replace(/^--.*\r\n/, '') ?? '';
    assert.match(
      attached,
      /^Content-Type: application\/pdf\r\nContent-Disposition: attachment; filename="Diploma-SAMPLE\.pdf"/,
    );
    const pdf = Buffer.from(attached.split('\r\n\r\n')[1] ?? '', 'base64');
    assert.match(pdf.subarray(0, 8).toString('latin1'), /^%PDF-1\./);
    const bodies = parts.slice(1, 3).map((part) => Buffer.from(part.split('\r\n\r\n')[1] ?? '', 'base64').toString());
    assert.deepEqual(bodies, [text.split('\n\n').slice(1).join('\n\n'), html]);
  });

  it('prints one line with the valid names for an unknown letter, language or file type', async () => {
    for (const [ran, code, line] of [
      [await letter('nope'), 1, /^letter: There is no such letter; known letters: diploma\.$/],
      [await letter('diploma', { language: 'fr' }), 1, /its languages: az, en, hy, ka, kk, ky, ru, tg, uz\.$/],
      [
        await letter('diploma', { out: join(dir, 'x.html') }),
        1,
        /^--language: a file holds one language; choose one of az, en, hy, ka, kk, ky, ru, tg, uz$/,
      ],
      [await gramota(['letter', 'diploma', '--out', join(dir, 'x.pdf')], env), 2, /\.html or \.txt or \.eml/],
      [await gramota(['letter'], env), 2, /letter/],
    ] as const) {
      assert.deepEqual([ran.code, ran.err.length, ran.out], [code, 1, []], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', line);
    }
  });

  it('reports an error in a letter with file and line', async () => {
    const path = join(dir, 'templates', 'letter', 'diploma', 'en', 'body.txt');
    const before = await readFile(path, 'utf8');
    await writeFile(path, `{{nome}}\n${before}`);
    const ran = await letter('diploma');
    assert.equal(ran.code, 1);
    assert.match(ran.err[0] ?? '', /^letter\/diploma\/en\/body\.txt:1: \{\{nome\}\} is unknown/);
    await writeFile(path, before);
  });
});
