import type { RecordedAttachment } from './attachments.ts';
import type { CheckedLetter } from './issue-send.ts';
import { type RewrittenLink, rewriteLinks } from './links.ts';
import { executeTemplate } from './template-language.ts';

/** The letter that the recipient gets: templates executed, links rewritten, footer added. */
export interface RenderedLetter {
  subject: string;
  toName: string;
  html: string;
  text: string;
  links: RewrittenLink[];
}

/** An accepted letter as `GET /sandbox/letters` returns it. */
export interface RecordedLetter {
  at: string;
  requestId: string | null;
  customerId: string | null;
  trackInfo: string | null;
  trackId: number;
  email: string;
  from: { name: string; email: string };
  labels: string[];
  qsid: string;
  attachments: RecordedAttachment[];
  subject: string;
  toName: string;
  html: string | null;
  text: string | null;
  rendered: RenderedLetter | null;
}

/** Bodies are kept for the newest letters only, to limit memory; the other fields are kept for ever. */
const BODIES_KEPT = 20_000;
const UNSUBSCRIBE_URL = 'https://unsubscribe.sendsay.example/';

interface KeptLetter {
  at: Date;
  requestId: string | null;
  trackId: number;
  letter: CheckedLetter;
}

/** All accepted letters, in order. */
export class LetterBook {
  #letters: KeptLetter[] = [];

  add(kept: KeptLetter): void {
    this.#letters.push(kept);
    const old = this.#letters[this.#letters.length - 1 - BODIES_KEPT];
    if (old) old.letter = { ...old.letter, html: '', text: '', extra: {} };
  }

  reset(): void {
    this.#letters = [];
  }

  get count(): number {
    return this.#letters.length;
  }

  /** `brief` omits the bodies; `skip` and `limit` select a range. */
  *list(wish: { brief: boolean; skip: number; limit: number }): Generator<RecordedLetter> {
    const end = Math.min(this.#letters.length, wish.skip + wish.limit);
    for (let index = wish.skip; index < end; index += 1) {
      const kept = this.#letters[index];
      if (kept) yield describe(kept, wish.brief || index < this.#letters.length - BODIES_KEPT);
    }
  }
}

function describe({ at, requestId, trackId, letter }: KeptLetter, brief: boolean): RecordedLetter {
  return {
    at: at.toISOString(),
    requestId,
    customerId: letter.customerId,
    trackInfo: letter.trackInfo,
    trackId,
    email: letter.email,
    from: letter.from,
    labels: letter.labels,
    qsid: letter.qsid,
    attachments: letter.attachments,
    subject: letter.subject,
    toName: letter.toName,
    html: brief ? null : letter.html,
    text: brief ? null : letter.text,
    rendered: brief ? null : deliveredForm(letter),
  };
}

/** Variables for the letter's template. */
export function templateVariables(letter: CheckedLetter): Record<string, unknown> {
  return {
    ...letter.extra,
    anketa: { customer: { id: letter.customerId ?? '' }, member: { email: letter.email } },
    param: { url_unsub: UNSUBSCRIBE_URL },
  };
}

/** Renders the letter as it would arrive. */
export function deliveredForm(letter: CheckedLetter): RenderedLetter {
  const variables = templateVariables(letter);
  const execute = (text: string) => executeTemplate(text, variables);
  const { html, links } = rewriteLinks(execute(letter.html), { relink: letter.relink, qsid: letter.qsid });
  return {
    subject: execute(letter.subject),
    toName: execute(letter.toName),
    html: html === '' ? '' : withFooter(html),
    text: letter.text === '' ? '' : `${execute(letter.text)}\n\n-- \nОтписаться: ${UNSUBSCRIBE_URL}\n`,
    links,
  };
}

/** The provider adds an unsubscribe link to every letter. */
function withFooter(html: string): string {
  const footer = `<p><a href="${UNSUBSCRIBE_URL}">Отписаться</a></p>`;
  const end = html.toLowerCase().lastIndexOf('</body>');
  return end === -1 ? html + footer : html.slice(0, end) + footer + html.slice(end);
}
