/** Values that the runner passes to the test files. Tests read the environment only here. */
export interface TestEnvironment {
  /** URL of a database from which others can be created. */
  adminUrl: string | undefined;
  /** Name of a migrated database to copy. */
  template: string | undefined;
  /** Prefix of every database name of this run. */
  prefix: string | undefined;
  /** A server to use in place of the embedded one. */
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

/** Environment for child processes: the current one, with the PostgreSQL server of this run. */
export function childEnvironment({
  adminUrl,
  template,
  prefix,
}: Record<'adminUrl' | 'template' | 'prefix', string>): void {
  process.env['TEST_ADMIN_URL'] = adminUrl;
  process.env['TEST_TEMPLATE'] = template;
  process.env['TEST_PREFIX'] = prefix;
}
