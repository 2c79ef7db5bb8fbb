/** What the runner tells the test files; the only place where tests read the environment. */
export interface TestEnvironment {
  /** Address of a database from which others may be created. */
  adminUrl: string | undefined;
  /** Name of a migrated database to copy. */
  template: string | undefined;
  /** Begins the name of every database of this run. */
  prefix: string | undefined;
  /** A server the caller wants the tests to use instead of the embedded one. */
  databaseUrl: string | undefined;
}

export function testEnvironment(): TestEnvironment {
  return {
    adminUrl: process.env['TEST_ADMIN_URL'],
    template: process.env['TEST_TEMPLATE'],
    prefix: process.env['TEST_PREFIX'],
    databaseUrl: process.env['DATABASE_URL'],
  };
}

/** For child processes: ours, with the cluster prepared for this run. */
export function childEnvironment({
  adminUrl,
  template,
  prefix,
}: Record<'adminUrl' | 'template' | 'prefix', string>): void {
  process.env['TEST_ADMIN_URL'] = adminUrl;
  process.env['TEST_TEMPLATE'] = template;
  process.env['TEST_PREFIX'] = prefix;
}
