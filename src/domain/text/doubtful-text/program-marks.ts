import { type Found, found, type TextKind } from './sign.ts';

/**
 * An unfilled placeholder of a template language, mail merge, format string or shell; for titles too. A
 * bracket before a percent sign is not included: it may be a mark of the mail provider, for which `instructionFault`
 * and `renderLetter` have rules of their own.
 */
const PLACEHOLDER =
  /\{\{|\}\}|\$\{|#\{|\{%|%\}|<%|%>|\*\||\|\*|\{[A-Za-z_][\w.-]+\}|\{\d{1,2}\}|%(?![0-9a-f]{2}%)[A-Za-z_]{2,40}%|%\([a-z_]\w*\)[sd]|%\d\$s|\{mlang|\[\[(?!%)|(?<!%)\]\]|@@\w+/i;
/**
 * A merge field of a word processor. In a title the same marks are also quotes («Курс <<Цифровая школа>>») and
 * arrows.
 */
const MERGE_FIELD = /<<|>>|__[A-Za-z]+__/;
const TITLE_MERGE_FIELD = /<<\s*(?:[A-Za-z_][\w.]*|(?:название|наименование|тема|имя|фио)[^<>]*)\s*>>/iu;
/** Lower-case letters between these marks are a Python name: `__init__`. */
const CAPITAL_FIELD = /__[A-Z]+(?:_[A-Z]+)*__/;
/** The same, but only for names, because a title may be about such marks. */
const NAME_PLACEHOLDER =
  /^%[sdv]|%[sdv]$|\$[A-Z_][\w.]+|^[#@:][A-Za-z_]\w*|^<[^<>]{1,60}>(?:\s*<[^<>]{1,60}>)*$|^\[[^[\]]{1,60}\](?:\s*\[[^[\]]{1,60}\])*$|^\{[^{}]*\}|^«[^«»]{1,60}»(?:\s*«[^«»]{1,60}»)*$|\b(?:FIRST|LAST|FULL|MIDDLE|USER|STUDENT)_?NAME\b|\b(?:first|last|full|middle|user|student)_name\b|\b(?:first|last|full|middle)N(?:ame)\b|_{3,}|^#[^#]{1,40}#$/i;
/** A title that consists only of a placeholder: `$title`, `<title>`, `[Course Name]`, `:title`, COURSE_TITLE. */
const TITLE_PLACEHOLDER =
  /^(?:\$[A-Za-z_]\w{2,}|<[A-Za-z_][\w .-]*>|\[[A-Za-z_][\w .-]*\]|\[(?:название|наименование|тема|имя|фио)[^[\]]*\]|:[a-z_]\w+|#[a-z_]\w*#|_{3,})$/iu;
/** A field name of a program: COURSE_TITLE. Other joined words may be real titles: «kitob_olami». */
const TITLE_FIELD =
  /^(?:[a-z]+_)+(?:name|title|text|label|topic|position|signatory|issuer|hours|value|field|placeholder)$/i;

/** What programs print for a value that is not text: JavaScript, PHP, Java, .NET, Python, Go, Ruby, Perl. */
const PROGRAM_DATA =
  /\[object \w+\]|\{\s*["'][^"']*["']\s*:|^\s*\{\s*\w+\s*:\s*["'\d[{]|^\[\s*["'{].*[\]}]$|^(?:Array|Object|stdClass Object|Optional\.empty)(?:\s*\(\s*(?:[[)].*)?)?$|^System\.[A-Z]\w*[\w.$[\]`]*|\w@[0-9a-f]{6,8}$|#<\w+|<__main__|object at 0x|\b(?:HASH|ARRAY|SCALAR|CODE)\(0x|^map\[(?:\]$|[^\]]*:)|<nil>|&\{|^Optional\[|^Some\(|%!\w\(|^\(?null\)$|^[abios]:\d+:|^b(?:'.*'|".*")$|^u(?:'.*'|".*")$|^[A-Z]\w*\(\w+=|^Symbol\(|^function\s*\w*\([^)]*\)\s*\{|^\(\s*['"].*['"],?\s*\)$|^<\?|^\w{2,}=[^;=]*[;&]\s*\w+=/;
/** Java class names; a course title may be one. */
const CLASS_NAME = /^\[?L?(?:java|javax|com|org|net)\.[\w.$[\]`]+/;

const WHOLE_ADDRESS = /^(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]{2,}$/i;

/** Spreadsheet errors in English, Russian, Turkish and German. */
const SPREADSHEET_ERROR =
  /#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|ERROR!|EXTERNAL!|PYTHON!|GETTING_DATA|Н\/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ\/0!|ПУСТО!|ЧИСЛО!|ПЕРЕНОС!|ВЫЧИСЛ!|ПОЛЕ!|ЗАБЛОК!|ПОДКЛ!|НЕИЗВ!|ЗАНЯТО!|ОЖИДАНИЕ_ДАННЫХ|ОШИБКА!|YOK|BAŞV!|DEĞER!|AD\?|SAYI\/0!|BOŞ!|SAYI!|NV|WERT!|BEZUG!)(?![\p{L}\p{N}])|^(?:Err|Ошибка):\s?\d{3}$|^#{3,}$|^(?:Loading|Загрузка)(?:\.{3}|…)$/iu;
const FORMULA = /^=/;
/** A text cell, `="Anna"`, or one with the leading mark that forces text, `'Анна`. */
const CELL_TEXT = /^=\s*"([^"]+)"$/;

const LATIN_LOGIN = /^(?=[^ ]{2,64}$)(?=.*(?:\d|_|[a-z]\.[a-z]))[A-Za-z\d]+(?:[._-][A-Za-z\d]+)*[._-]?$/;
const CYRILLIC_LOGIN = /^(?=[^ ]{2,64}$)(?=.*[\d_])[\p{L}\d]+(?:[._-]+[\p{L}\d]+)*[._-]?$/u;
const GLUED_BY_UNDERSCORES = /^\p{Lu}[\p{Ll}'’-]+(?:_+\p{Lu}[\p{Ll}'’-]+)+$/u;

const ADDRESS_OF_PAGE = /\w+:\/\/\S+/g;

/** Finds program output in place of text: templates, data, formulas, addresses and accounts. */
export function programMarks(text: string, kind: TextKind): Found | null {
  if (SPREADSHEET_ERROR.test(text)) return found('spreadsheet');
  if (PROGRAM_DATA.test(text)) return found('program-data');
  if (FORMULA.test(text)) return found('spreadsheet', CELL_TEXT.exec(text)?.[1] ?? null);
  if (kind === 'title') {
    if (PLACEHOLDER.test(text.replace(ADDRESS_OF_PAGE, ''))) return found('placeholder');
    if (
      TITLE_PLACEHOLDER.test(text) ||
      TITLE_FIELD.test(text) ||
      TITLE_MERGE_FIELD.test(text) ||
      CAPITAL_FIELD.test(text)
    )
      return found('placeholder');
    return WHOLE_ADDRESS.test(text) ? found('email') : null;
  }
  if (CLASS_NAME.test(text)) return found('program-data');
  if (PLACEHOLDER.test(text) || MERGE_FIELD.test(text)) return found('placeholder');
  if (/[^\s@]@/.test(text)) return found('email');
  if (NAME_PLACEHOLDER.test(text)) return found('placeholder');
  if (GLUED_BY_UNDERSCORES.test(text)) return found('login', text.replace(/_+/g, ' '));
  if (LATIN_LOGIN.test(text) || CYRILLIC_LOGIN.test(text)) return found('login');
  return null;
}
