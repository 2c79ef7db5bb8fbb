/** Crockford's base 32, without I, L, O, U. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_SYMBOLS = 24;
const CODE = /^[0-9A-HJKMNP-TV-Z]{25}$/;

/** Accepted substitutes: Crockford's own, and Cyrillic capitals that look like a symbol. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ O: '0', I: '1', L: '1' },
  ...{ А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: '0', Р: 'P', С: 'C', Т: 'T', У: 'Y', Ү: 'Y', Х: 'X', І: '1' },
};

/**
 * Check symbol by the hybrid system of ISO/IEC 7064 with MOD 33,32 (like MOD 37,36, but over 32 symbols). It detects
 * every single substitution and nearly every swap of neighbours.
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
 * @param randomInt returns a uniform, unpredictable integer in `[0, max)`, such as `crypto.randomInt`
 */
export function makeCode(randomInt: (max: number) => number): string {
  let symbols = '';
  for (let count = 0; count < RANDOM_SYMBOLS; count += 1) symbols += SYMBOLS.charAt(randomInt(SYMBOLS.length));
  return symbols + checkSymbol(symbols);
}

/**
 * Parses a typed code: any case and width; spaces, dashes and invisible characters anywhere; O for 0, I or L for 1,
 * Cyrillic look-alikes. The check symbol detects mistakes.
 * @returns the 25 symbols without dashes, or null when malformed or the check symbol is wrong
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
 * Why a text cannot be a code, by its form only: `letters` that no code has, another `length` than 25, or a `slip`
 * (wrong check symbol). Null: the form is right, whether or not such a code exists.
 */
export function codeFault(input: string): 'letters' | 'length' | 'slip' | null {
  const code = symbolsOf(input.slice(0, 200));
  if (/[^0-9A-HJKMNP-TV-Z]/.test(code)) return 'letters';
  if (!CODE.test(code)) return 'length';
  return checkSymbol(code.slice(0, -1)) === code.slice(-1) ? null : 'slip';
}

/** The printed form of a code in five groups of five: `EG5N8-PYDQB-WY8S1-JN29G-5Q0WW`. */
export function formatCode(code: string): string {
  return (code.match(/.{1,5}/g) ?? []).join('-');
}
