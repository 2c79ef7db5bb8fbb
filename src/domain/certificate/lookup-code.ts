/** Crockford's base 32: no I, L, O, U. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_SYMBOLS = 24;
const CODE = /^[0-9A-HJKMNP-TV-Z]{25}$/;

/** What stands for a symbol: Crockford's own, and the Cyrillic capitals that look like one. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ O: '0', I: '1', L: '1' },
  ...{ А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: '0', Р: 'P', С: 'C', Т: 'T', У: 'Y', Ү: 'Y', Х: 'X', І: '1' },
};

/**
 * Check symbol over Crockford symbols: the hybrid system of ISO/IEC 7064 with MOD 33,32 (as MOD 37,36, over 32 symbols).
 * Detects every single substitution and nearly every adjacent swap.
 */
function checkSymbol(symbols: string): string {
  let product = 32;
  for (const symbol of symbols) {
    const sum = (product + SYMBOLS.indexOf(symbol)) % 32 || 32;
    product = (sum * 2) % 33;
  }
  return SYMBOLS.charAt((33 - product) % 32);
}

/**
 * A new secret lookup code: 24 random Crockford symbols (120 bits) and a check symbol, without dashes.
 * @param randomInt uniform and unpredictable integer in `[0, max)`, e.g. `crypto.randomInt`
 */
export function makeCode(randomInt: (max: number) => number): string {
  let symbols = '';
  for (let count = 0; count < RANDOM_SYMBOLS; count += 1) symbols += SYMBOLS.charAt(randomInt(SYMBOLS.length));
  return symbols + checkSymbol(symbols);
}

/**
 * Reads a code as people type it: any case and width, spaces, dashes and invisible marks anywhere, O for 0, I or L for 1,
 * Cyrillic letters for the Latin ones they look like. The check symbol guards against what was read wrongly.
 * @returns the 25 symbols without dashes, or null when malformed or the check symbol does not hold
 */
export function parseCode(input: string): string | null {
  return input.length <= 200 && codeFault(input) === null ? symbolsOf(input) : null;
}

function symbolsOf(input: string): string {
  return input
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}\u2212\u2043]/gu, '')
    .replace(/[OIL\u0400-\u04FF]/g, (symbol) => LOOK_ALIKES[symbol] ?? symbol);
}

/**
 * What keeps a text from being a code, by its form alone: `letters` that no code has, another `length` than 25, or a `slip`,
 * when the check symbol does not hold. Null: codes look like that, whether or not there is such a one.
 */
export function codeFault(input: string): 'letters' | 'length' | 'slip' | null {
  const code = symbolsOf(input.slice(0, 200));
  if (/[^0-9A-HJKMNP-TV-Z]/.test(code)) return 'letters';
  if (!CODE.test(code)) return 'length';
  return checkSymbol(code.slice(0, -1)) === code.slice(-1) ? null : 'slip';
}

/** The printed form of a code, five groups of five: `EG5N8-PYDQB-WY8S1-JN29G-5Q0WW`. */
export function formatCode(code: string): string {
  return (code.match(/.{1,5}/g) ?? []).join('-');
}
