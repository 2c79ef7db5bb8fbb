import { type Found, found, type TextKind } from './sign.ts';

/**
 * In a title a question mark follows a word or precedes a capital: «Что?Где?Когда?». Inside a word it replaces a lost
 * letter.
 */
const LOST_IN_TITLE =
  /\p{L}[?\u00BF]+\p{Ll}|(?:^|[\s«"(„“-])\?+\p{L}|(?:^|\s)\?{2,}(?:\s+\?{2,})+|^[\s?]*\?{4,}[\s?]*$|\uFFFD|\p{L}\u00BF\p{L}/u;
const ADDRESS_OF_PAGE = /(?:\w+:\/\/|www\.|[\w-]{1,63}\.[a-z]{2,20}\/)\S+/g;
const LOST_IN_NAME = /[?\u00BF\uFFFD]/;

/** Finds question marks in place of letters. */
export function lostLetters(text: string, kind: TextKind): Found | null {
  if (kind === 'name') return LOST_IN_NAME.test(text) ? found('lost-letters') : null;
  if (!/[?\u00BF\uFFFD]/.test(text)) return null;
  return LOST_IN_TITLE.test(text.replace(ADDRESS_OF_PAGE, '')) ? found('lost-letters') : null;
}

const REMARK =
  /\s*(?:\(|\[|[-–—]\s)\s*(?:deleted|removed|inactive|blocked|suspended|copy|duplicate|old|test|archived|expelled|no patronymic|удал[её]н[а-я]*|заблокирован[а-я]*|неактивн[а-я]*|не активн[а-я]*|копия|дубль|дубликат|стар[а-я]{2}|тест|архив|отчислен[а-я]*|выбыл[а-я]*|без отчества|нет отчества)\.?\s*[)\]]?$/iu;
/** Fillers for a missing patronymic: «Ким Анна нет», «Айгуль null». */
const EMPTY_PART = /(?<=^|\s)(?:null|undefined|NaN|нет|отсутствует|жоқ)(?=\s|$)/gu;
const CAPITAL_WORD = /(?<!\p{L})\p{Lu}/u;
const SMALL_WORD = /(?<![\p{L}\p{M}'’ʻʼ‘.-])\p{Ll}{5,}/u;

function remark(text: string): Found | null {
  const bare = text.replace(REMARK, '');
  if (bare !== text && bare.trim() !== '') return found('remark', bare);
  const rest = text.replace(EMPTY_PART, ' ').trim();
  if (rest !== text && CAPITAL_WORD.test(rest) && !SMALL_WORD.test(rest))
    // A single remaining word is not enough for a diploma. Two are enough: only the patronymic is missing, which not
    // everybody has.
    return found('absent', /\s/.test(rest) ? rest : null);
  return null;
}

const LABEL =
  /^(?:name|full name|first name|last name|student|фио|ф\.\s?и\.\s?о\.|имя|фамилия|студент|слушатель|аты-жөні|ad|ism|სახელი|անուն)\s*:\s*(\S.*)$/iu;
const GLUED_BY_DASHES = /\p{L}[–—]\p{L}/u;
/** «1. Иванова», «- Айгуль», «Suharto .», «Ким -»: list marks, or marks for a missing part. */
const LEADING = /^(?:(?:\d{1,4}\s*[.)]|[-–—•*·.,;:])\s*)+(?=[^\s\d.,;:*•–—-])/u;
const TRAILING = /(?:\s+[-–—.,;:*_]+|[,;:*])+$/u;
const ORDINAL = /(?<![\p{L}\p{N}])\d{1,2}(?:st|nd|rd|th|-?[йяе])(?!\p{L})/gu;
const ODD =
  /[\p{Nd}\p{No}\p{So}\p{Sm}\p{Sc}!#$%*;=@[\]\\^_{}|~<>\u00A1\u00A7\u00AB\u00BB\u00B6\u2020-\u2022\u2026\u2030\u201A\u2039\u203A\u02C6\u02D8-\u02DD\u00A8\u00AF\u00B8]|:(?!\p{Ll})|(?<!\p{Lu}):|(?!\p{Script=Hebrew})\p{L}["“”„]\p{L}|[.,]{3}|--|''|""|[ªº](?=\p{L})|(?<![\p{L}.])[ªº]|\/(?![\p{L}\s])|(?<![\p{L}\s.])\//u;
const GERSHAYIM = /(?<=\p{Script=Hebrew})"(?=\p{Script=Hebrew})/gu;
/** Nicknames are in quotes; the rest is examined. */
const QUOTED =
  /(?<=^|[\s(])(?:«[\p{L}\p{M} .'’-]+»|"[\p{L}\p{M} .'’-]+"|“[\p{L}\p{M} .'’-]+”|„[\p{L}\p{M} .'’-]+[“”]|‹[\p{L}\p{M} .'’-]+›)(?=$|[\s).,])/gu;

/** In a person's name: remarks, list marks, digits and other marks that no name has. */
export function oddMarks(text: string): Found | null {
  const noted = remark(text);
  if (noted) return noted;
  const labelled = LABEL.exec(text)?.[1];
  if (labelled !== undefined) return found('heading', labelled);
  const bare = text.replace(LEADING, '').replace(TRAILING, '');
  if (bare !== text) return found('marks', GLUED_BY_DASHES.test(text) ? null : bare);
  const rest = text.replace(QUOTED, '').replace(ORDINAL, '');
  return ODD.test(rest) || /^[^"]*"(?:[^"]*"[^"]*")*[^"]*$/.test(rest.replace(GERSHAYIM, '')) ? found('marks') : null;
}

/** A title needs a letter or a digit: «-», «...», «***» have none. */
export function hasNoLetterOrDigit(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text);
}
