import { type CriterionSource, PARAMETERS } from '../../domain/criteria/criterion.ts';
import { labelOf } from '../../domain/criteria/criterion-labels.ts';
import { isMessage, type Language, messageIn, translate } from '../../domain/messages/message.ts';

const isCriterionSource = (name: string): name is CriterionSource => Object.hasOwn(PARAMETERS, name);

/** A criterion's name such as `progress.score` in words; another text as it is. */
export function criterionName({ language }: { language: Language }, cause: string): string {
  const [, source, parameter] = /^([A-Za-z]+)\.(.+)$/.exec(cause) ?? [];
  if (source === undefined || parameter === undefined || !isCriterionSource(source)) return cause;
  return labelOf(source, parameter, language);
}

const isSource = (code: string): code is 'source.override' => isMessage(code);

/** The name of a source of the country, such as `registration.country`, in words. */
export function sourceName({ language }: { language: Language }, source: string): string {
  const code = `source.${source}`;
  return isSource(code) ? messageIn(language, code) : source;
}

const SOURCES = Object.keys(PARAMETERS).join('|');
const NAME = new RegExp(`(?<![\\w./])(?:${SOURCES})\\.[A-Za-z]+(?:-[A-Za-z]+)*(?![\\w/])`, 'g');
/** A share, up to the end of its sentence. */
const SHARE = /progress\.(?:lessonsShare|attendance)[^;]*/g;
const FRACTION = /(?<![\w.])(?:0\.\d+|0|1)(?![\w.]|\.\d)/g;

/**
 * A stored text in the reader's language, with the names of fields in words and shares as percentages: the API says
 * `progress.lessonsShare`, people say "share of lessons completed".
 */
export function plainly(shown: { language: Language }, text: string): string {
  const percent = (fraction: string) => `${Number((Number(fraction) * 100).toFixed(1))}%`;
  // What to do is said in the console's own words beside it.
  return translate(text, shown.language)
    .replace(messageIn(shown.language, 'country.mend'), '')
    .replace(SHARE, (clause) => clause.replace(FRACTION, percent))
    .replace(/(?<![\w-])registration-file(?![\w-])/g, (source) => sourceName(shown, source))
    .replace(NAME, (name) => criterionName(shown, name))
    .trim();
}
