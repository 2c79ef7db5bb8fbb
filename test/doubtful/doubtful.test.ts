import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { normaliseName } from '../../src/domain/text/name.ts';
import { noBrowser } from '../browser/open-browser.ts';
import { DAMAGES } from './damage.ts';
import { LANGUAGES, namesEverywhere, namesIn } from './names.ts';
import { recallInLanguages } from './recall.ts';
import { titles } from './titles.ts';

/* A short version of `npm run verify:names`. */

describe('correct names and titles', () => {
  it('from seventy locales are not held as doubtful, in any way of writing', () => {
    const names = namesEverywhere(15_000, 11);
    assert.ok(new Set(names.map(({ locale }) => locale)).size > 70);
    const held = names.filter(({ name }) => {
      const result = normaliseName(name);
      return result.ok && doubtOf(result.name, 'name') !== null;
    });
    assert.ok(held.length <= 1, JSON.stringify(held));
  });

  it('from nine languages are not held as doubtful, with all their marks', () => {
    for (const title of titles(2000, 11)) assert.deepEqual([title, doubtOf(title, 'title')], [title, null]);
  });
});

/** A spreadsheet and a browser take seconds to start; only the full command uses all tools. */
const QUICK =
  /^(?:iconv UTF-8 read as (?:CP1251|CP1252|KOI8-R|ISO-8859-1|CP866)$|iconv (?:CP1251|KOI8-R) read as (?:CP1251|CP1252|KOI8-R|CP866)|iconv through|encodeURI|he|Python|form of a utf-8 page read as windows-1251)/;

describe('names and titles that a real program has damaged', () => {
  const sources = new Map(LANGUAGES.map((language) => [language, namesIn(language, 60, 12, true)]));
  for (const damage of DAMAGES.filter(({ tool }) => QUICK.test(tool))) {
    it(`are held as doubtful after damage by ${damage.tool}`, {
      skip: damage.tool.startsWith('form') && noBrowser,
    }, async () => {
      for (const [language, { changed, missed, wrong }] of await recallInLanguages(sources, damage)) {
        assert.ok(missed.length <= changed * 0.02, `${language}: ${missed.join('; ')}`);
        assert.ok(wrong.length <= changed * 0.02, `${language}: mended wrongly: ${wrong.join('; ')}`);
      }
    });
  }
});
