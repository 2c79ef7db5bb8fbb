/** Paths under which the API answers: its own, and those a redirect has named. */
export class RedirectedPaths {
  readonly #base: string;
  readonly #accounts = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  /**
   * Opens a location after a redirect to it. What exactly a body-level redirect is appended to is not documented, so
   * each reading is open: the location alone, after the base, after the account, and before either.
   */
  open(location: string, account: string): void {
    const path = new URL(location, 'http://sandbox.invalid').pathname.replace(/\/$/, '');
    const readings = [path, `${this.#base}${path}`, `${this.#base}/${account}${path}`];
    for (const reading of [...readings, `${this.#base}${path}/${account}`, `${path}${this.#base}/${account}`]) {
      this.#accounts.set(reading, account);
    }
  }

  /** The account a path is addressed to; null where nothing answers. */
  accountOf(pathname: string): string | null {
    const path = pathname.replace(/\/$/, '');
    const redirected = this.#accounts.get(path);
    if (redirected !== undefined) return redirected;
    const account = path.startsWith(`${this.#base}/`) ? path.slice(this.#base.length + 1) : '';
    return account === '' || account.includes('/') ? null : account;
  }
}
