import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readPdf } from '../diploma/pdf-reader.ts';
import { type Letter, startWorld, until, type World } from '../support/world.ts';

interface Recorded extends Letter {
  toName: string;
  qsid: string;
  rendered: Letter['rendered'] & { toName: string; links: { href: string; final: string }[] };
}
type Json = Record<string, unknown>;

/** Text with a special meaning in the provider's templates, headers, links or SQL. */
const HOSTILE: [string, string][] = [
  ['a template', 'a [% 7*7 %] b'],
  ['an encoding template', 'a [[%% 6*6 %%]] b'],
  ['half a template', 'a [% b'],
  ['the other half', 'a %] b'],
  ['crossed marks', '[[%%[% 7*7 %]%%]]'],
  ['a file template', '[% INCLUDE "/etc/passwd" %] [%+ anketa.member.email +%]'],
  ['a header', 'Bcc: all@evil.example'],
  ['a link', 'https://evil.example/?a=1&b=2'],
  ['SQL', `'); drop table certificate; --`],
];
/** The same marks in text that is certainly not a title; a release or project with such a text is not printed. */
const REFUSED: [string, string][] = [
  ['quotes of a program', `a "b" 'c' \\" \` b`],
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&lt;'],
  ['the end of the page', '</td></table></body></html><!-- -->'],
  ['a placeholder', '{{name}} {{ code }} {{'],
  ['a formula', '=HYPERLINK("http://evil.example","x")'],
];
/**
 * Characters that no line can contain: held with a reason, or removed from the letter; never a second line or another
 * direction.
 */
const CONTROL: [string, string][] = [
  ['line breaks', 'a\r\nBcc: all@evil.example\nb'],
  ['Unicode line breaks', 'a\u2028b\u2029c\u0085d'],
  ['an override of direction', 'a\u202Efdp.exe\u202C b'],
  ['an isolate', 'a\u2067b\u2069'],
  ['a null', 'a\u0000b'],
  ['half a character', 'a\uD800b'],
];

const INVISIBLE = /(?![\r\n\u0085])[\p{Cc}\p{Cf}\p{Cs}]/u;

/** Uses hostile text in every field that people write, from the LMS to the received letter. */
describe('text that people typed', () => {
  let world: World;
  let release: Json;
  let teacher: Json & { student: Json; group: Json; project: Json };
  let mailed: Recorded[];
  let made = 0;
  const standings = new Map<
    string,
    { state: string; reason: { code: string; detail: string } | null; certificateId: string | null }
  >();
  const ids = new Map<string, string>();

  before(async () => {
    world = await startWorld({ size: 2 });
    const get = async (path: string) =>
      (await fetch(`${world.lms.url}/${path}`, { headers: { authorization: 'Bearer sandbox-lms-token' } })).json();
    release = (await get('releases/rel_2026a')) as Json;
    teacher = (await get('student-groups/sg_0001')) as typeof teacher;
    for (const [name, text] of [...HOSTILE, ...REFUSED, ...CONTROL]) {
      ids.set(`everywhere but the name: ${name}`, await invent({ text }));
      ids.set(`full name: ${name}`, await invent({ fullName: `Әсел ${text}` }));
      ids.set(`Latin name: ${name}`, await invent({ latinName: `Assel ${text}` }));
    }
    const issuer = world.pipeline.rulebook.issuer.name;
    for (const language of Object.keys(issuer)) issuer[language] = 'School [% 7*7 %] <b>"x"</b> {{name}}';
    await world.run();
    await world.batch({ ids: [...ids.values()] });
    let pending: string[] = [];
    await until('every one to be mailed or held', async () => {
      const open: string[] = [];
      for (const [name, id] of ids) {
        if (standings.has(name)) continue;
        const found = await world.standing(id).catch(() => null);
        if (found !== null && ['sent', 'held', 'not-met', 'refused'].includes(found.state)) standings.set(name, found);
        else open.push(`${name}: ${found?.state} ${found?.reason?.code} ${found?.reason?.detail}`);
      }
      pending = open;
      return open.length === 0;
    }).catch(() => assert.fail(`neither mailed nor held: ${pending.join('; ')}`));
    mailed = (await world.letters()) as Recorded[];
  });
  after(() => world.close());

  /** A separate student group, with a separate release if the release contains the text too. */
  async function invent(change: { text?: string; fullName?: string; latinName?: string }): Promise<string> {
    made += 1;
    const { text } = change;
    const everywhere = (original: unknown): unknown =>
      text === undefined ? original : Object.fromEntries(['ru', 'en', 'kk', 'uz'].map((tag) => [tag, text]));
    const releaseId = text === undefined ? 'rel_2026a' : `rel_2026_${made}`;
    if (text !== undefined) {
      await world.lms.control('releases', {
        ...release,
        id: releaseId,
        title: text,
        courseTitle: everywhere(release['courseTitle']),
        numberPrefix: `HOST${made}-26`,
        program: [{ title: everywhere(null), hours: 72 }],
        hoursTotal: 72,
        signatory: { name: text, position: everywhere(null) },
      });
    }
    const id = `sg_hostile_${made}`;
    await world.lms.control('student-groups?quiet=1', {
      ...teacher,
      id,
      student: {
        ...teacher.student,
        id: `st_hostile_${made}`,
        email: `hostile.${made}@kz.example`,
        ...(change.fullName === undefined ? {} : { fullName: change.fullName }),
        ...(change.latinName === undefined ? {} : { latinName: change.latinName }),
      },
      group: { ...teacher.group, releaseId, ...(text === undefined ? {} : { name: text }) },
      ...(text === undefined ? {} : { project: { ...teacher.project, title: text, url: text } }),
    });
    return id;
  }

  const letterOf = (certificateId: string | null): Recorded =>
    mailed.find((letter) => letter.customerId === certificateId) ?? assert.fail('no letter');
  const escaped = (text: string) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
  const brokenUp = (text: string) => text.replaceAll('[%', '[ %').replaceAll('%]', '% ]');

  /** The received letter contains the original text: nothing was executed, and nothing from people became markup. */
  function assertHarmless({ subject, toName, html, text, rendered }: Recorded): void {
    for (const part of [subject, toName, html, text]) assert.ok(!part.includes('[%') && !part.includes('%]'));
    assert.deepEqual([rendered.subject, rendered.toName], [subject, toName]);
    assert.ok(rendered.text.startsWith(text), 'the text was executed');
    const plain = (page: string) =>
      page.replaceAll(/href="[^"]*"/g, 'href').replace(/<p><a href>[^<]*<\/a><\/p>(?=<\/body>)/, '');
    assert.equal(plain(rendered.html), plain(html), 'the html was executed');
    assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029]/u);
    assert.doesNotMatch(html, /<(?:script|img|b)\b/i);
    assert.equal(html.match(/<\/body>/g)?.length, 1);
    assert.equal(rendered.links.length, 4, 'page, download, contact and school; none that people brought');
  }

  for (const [name, text] of HOSTILE) {
    it(`is visible in the letter and printed in the diploma, not executed: ${name}`, async () => {
      const { state, reason, certificateId } = standings.get(`everywhere but the name: ${name}`) ?? assert.fail();
      assert.equal(state, 'sent', JSON.stringify(reason));
      const letter = letterOf(certificateId);
      assertHarmless(letter);
      assert.ok(letter.subject.includes(brokenUp(text)), letter.subject);
      assert.ok(letter.text.includes(brokenUp(text)));
      assert.ok(letter.html.includes(brokenUp(escaped(text))));
      const diploma = await world.base.db('diploma').where({ certificate_id: certificateId }).first();
      const bytes = (await world.base.artefacts.get(diploma.sha256)) ?? assert.fail();
      const { pages } = readPdf(bytes);
      const read = pages
        .flat()
        .map((fragment) => fragment.text)
        .join('')
        .replaceAll(/\s+/g, '');
      const printed = text.normalize('NFC').replaceAll(/\s+/g, '');
      assert.ok(read.split(printed).length > 3, 'course, module and signatory are in the text layer');
    });
  }

  it('holds the student group when it is not a title, and nothing is reported to the LMS', async () => {
    const told = new Set((await world.patches()).map((patch) => patch.studentGroupId));
    for (const [name, text] of REFUSED) {
      const key = `everywhere but the name: ${name}`;
      const { state, reason } = standings.get(key) ?? assert.fail(key);
      assert.deepEqual([state, reason?.code], ['held', 'lms-invalid'], key);
      assert.match(reason?.detail ?? '', /\/courseTitle\/ru: The text .*/, key);
      assert.ok(!reason?.detail?.includes(text), key);
      assert.ok(!told.has(ids.get(key) ?? ''), key);
    }
  });

  for (const [name] of CONTROL) {
    it(`is held with a reason, or removed from the letter: ${name}`, async () => {
      const { state, reason, certificateId } = standings.get(`everywhere but the name: ${name}`) ?? assert.fail();
      if (state !== 'sent') {
        assert.equal(state, 'held', JSON.stringify(reason));
        assert.ok(['name-unprintable', 'lms-invalid'].includes(reason?.code ?? ''), JSON.stringify(reason));
        assert.match(reason?.detail ?? '', /release|project|U\+|field/);
        return;
      }
      const letter = letterOf(certificateId);
      assertHarmless(letter);
      assert.doesNotMatch(letter.html + letter.text, INVISIBLE);
    });
  }

  it('is held when it is a name with template marks of Sendsay or control characters, and nothing is reported to the LMS', async () => {
    const told = new Set((await world.patches()).map((patch) => patch.studentGroupId));
    for (const field of ['full name', 'Latin name'])
      for (const [name, text] of [...HOSTILE, ...REFUSED, ...CONTROL]) {
        const key = `${field}: ${name}`;
        const { state, reason, certificateId } = standings.get(key) ?? assert.fail(key);
        const marks = text.includes('[%') || text.includes('%]');
        const invisible = INVISIBLE.test(text);
        if (marks || invisible) assert.deepEqual([key, state], [key, 'held']);
        if (state === 'held') {
          assert.match(reason?.code ?? '', /^(name-unprintable|name-too-long|name-doubtful|lms-invalid)$/, key);
          assert.ok(!(reason?.detail ?? '').includes(text), 'the name is in the reason');
          assert.ok(!told.has(ids.get(key) ?? ''), key);
        } else {
          assert.equal(state, 'sent', `${key}: ${JSON.stringify(reason)}`);
          assertHarmless(letterOf(certificateId));
        }
      }
  });

  it("is escaped and split in the issuer's name too", async () => {
    const letter = (await world.letters()).at(-1) ?? assert.fail('no letter');
    assert.ok(letter.html.includes('School [ % 7*7 % ] &lt;b&gt;&quot;x&quot;&lt;/b&gt; {{name}}'));
    assert.ok(letter.text.includes('School [ % 7*7 % ] <b>"x"</b> {{name}}'));
  });

  it('is not changed by the UTM tags, which are added to the link of the school alone', async () => {
    const letters = (await world.letters()) as Recorded[];
    for (const { qsid, rendered } of letters) {
      assert.equal(qsid, 'utm_source=gramota&utm_medium=email&utm_campaign=cis-2026', 'url-encoded once');
      const [lookup, download, contact, issuer] = rendered.links;
      assert.match(lookup?.final ?? '', /^http:\/\/127\.0\.0\.1:8080\/c\/[0-9A-Z]+$/);
      assert.equal(download?.href, `${lookup?.href}/diploma.pdf`);
      assert.equal(contact?.href, 'mailto:diplomas@school.example');
      for (const link of [lookup, download, contact])
        assert.equal(link?.final, link?.href, 'neither tagged nor led through the counter');
      assert.ok(decodeURIComponent(issuer?.final ?? '').includes(`?${qsid}`));
    }
    assert.ok(letters.length > HOSTILE.length);
  });
});
