/** Paths where the API answers: the base path, and paths named by a redirect. */
export class RedirectedPaths {
  readonly #base: string;
  readonly #accounts = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  /**
   * Opens the location of a redirect. The documentation does not say what a redirect in the body is relative to, so
   * all readings work: the location alone, after the base, after the account, and before either.
   */
  open(location: string, account: string): void {
    const path = new URL(location, 'http://sandbox.invalid').pathname.replace(/\/$/, '');
    const readings = [path, `${this.#base}${path}`, `${this.#base}/${account}${path}`];
    for (const reading of [...readings, `${this.#base}${path}/${account}`, `${path}${this.#base}/${account}`]) {
      this.#accounts.set(reading, account);
    }
  }

  /** The account name in a URL path; null when the stand-in has no API at this path. */
  accountOf(pathname: string): string | null {
    const path = pathname.replace(/\/$/, '');
    const redirected = this.#accounts.get(path);
    if (redirected !== undefined) return redirected;
    const account = path.startsWith(`${this.#base}/`) ? path.slice(this.#base.length + 1) : '';
    return account === '' || account.includes('/') ? null : account;
  }
}
