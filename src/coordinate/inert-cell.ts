/** Spreadsheets would run such a cell of a CSV file as a formula (OWASP, CSV injection); an apostrophe makes it text. */
export function inert<T>(cell: T): T | string {
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
