/**
 * Common letter pairs in Cyrillic names and words of several languages: the first letter, then all that follow it.
 * Counted from generated names and some prose, not chosen by a linguist.
 */
const USUAL_PAIRS =
  'абвгдежзийклмнпрстфхцчш баеилору вагеиклнорсыі ' +
  'гадеилнору даеилмору евгдежзйклмнопрстфц жаен задемно ' +
  'ивгдезйклмнпрстфхцчшяј йо каеилнорсту лаеикоуьюяі ' +
  'маеиопсу нагдеикностуфяі обвгдежзиклмнпрстфцш ' +
  'паеиклору равгдеикмностуфыяі савеиклмнопстуья ' +
  'тавеикноруь убгджзклмнпрстш фаеиор хаио цаеиь чаеик ' +
  'шаеи ыл ьек юб янт івйя ја';
let pairs: Set<string> | undefined;
function build(): Set<string> {
  return new Set(USUAL_PAIRS.split(' ').flatMap(([first, ...rest]) => rest.map((second) => `${first}${second}`)));
}

/** How much a Cyrillic text resembles names or words: the share of common letter pairs, 0–1. */
export function naturalness(text: string): number {
  pairs ??= build();
  let all = 0;
  let usual = 0;
  for (const [word] of text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .matchAll(/\p{Script=Cyrillic}+/gu)) {
    for (let at = 1; at < word.length; at++) {
      all++;
      if (pairs.has(word.slice(at - 1, at + 1))) usual++;
    }
  }
  return all === 0 ? 0 : usual / all;
}
