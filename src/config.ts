import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import { z } from 'zod';
import { InputError } from './domain/failure.ts';
import { isZone } from './domain/time/zone.ts';

/** A number in plain decimal digits, because a blank text, "0x50" and "1e3" are slips of the pen and no settings. */
const decimal = (isValid: (value: number) => boolean, rule: string) =>
  z
    .string()
    .trim()
    .refine((text) => /^\d+(\.\d+)?$/.test(text) && isValid(Number(text)), `must be ${rule}`)
    .transform(Number);
const positive = (fallback: number) => decimal((value) => value > 0, 'a number greater than 0').default(fallback);
const wholeFrom = (least: number, most: number) =>
  decimal(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    `a whole number from ${least} to ${most}`,
  );
const whole = (fallback: number) => wholeFrom(1, 1000).default(fallback);
const port = wholeFrom(0, 65_535);
const days = (fallback: number, least: number) => wholeFrom(least, 36_500).default(fallback);
/** 0: never deleted. */
const daysOrNever = (least: number) =>
  decimal(
    (count) => count === 0 || (Number.isInteger(count) && count >= least && count <= 36_500),
    `0 (never), or a whole number from ${least} to 36500`,
  ).default(0);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
const cores = availableParallelism();
const commaList = <Part extends z.ZodType<string, string>>(part: Part) =>
  z
    .string()
    .transform((text) => text.split(',').map((piece) => piece.trim()))
    .pipe(z.array(part))
    .default([]);
const domainName = /^[a-z\d_]([a-z\d_-]*[a-z\d_])?(\.[a-z\d_]([a-z\d_-]*[a-z\d_])?)*$/i;

/** A DNS server as Node.js takes it: an IP address, optionally with a port; IPv6 with a port in brackets. */
function isDnsServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6, v4, port = '53'] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  return isIP(v6 ?? v4 ?? '') !== 0 && Number(port) > 0 && Number(port) < 65_536;
}

/**
 * Standard Webhooks: `whsec_` and the base64 of the key. As in the standard's own library, trailing `=` may be
 * missing. A single surplus character, which that library drops, indicates an incomplete copy.
 */
function isWebhookSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(text)?.[1] ?? '';
  const key = Buffer.from(encoded, 'base64');
  return encoded.length % 4 !== 1 && key.length >= 8 && key.length <= 64;
}

const webhookSecrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(
      z
        .string()
        .refine(
          isWebhookSecret,
          'each secret must be whsec_ followed by the base64 of 8 to 64 bytes (24 or more are recommended)',
        ),
    ),
  );

/** The allowed schemes of ARTEFACTS_URL. `compose/open-artefacts.ts` does not compile unless it handles all of them. */
const ARTEFACTS_URLS = {
  'postgres:': { form: '"postgres:"', fits: (text: string) => text === 'postgres:' },
  'file:': {
    form: '"file:///absolute/path"',
    fits: (text: string) => /^file:\/\/\/[^?#]+$/.test(text) && URL.canParse(text),
  },
  's3:': {
    form: '"s3://bucket/prefix"',
    fits: (text: string) => /^s3:\/\/[a-z\d][a-z\d.-]{1,61}[a-z\d](\/[\w!.*'()-]+)*\/?$/.test(text),
  },
};
export type ArtefactsScheme = keyof typeof ARTEFACTS_URLS;
const ARTEFACTS_FORMS = Object.values(ARTEFACTS_URLS);

/** As in express: a number, addresses with or without prefix length, or express's names of private ranges. */
function isTrustProxy(text: string): boolean {
  if (/^\d{1,3}$/.test(text.trim())) return true;
  return text.split(',').every((part) => {
    const [address = '', prefix, ...more] = part.trim().split('/');
    if (['loopback', 'linklocal', 'uniquelocal'].includes(address)) return prefix === undefined;
    const most = isIP(address) === 6 ? 128 : 32;
    return (
      isIP(address) !== 0 &&
      more.length === 0 &&
      (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= most))
    );
  });
}

const Settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  GRAMOTA_DATA_DIR: z.string().default('./.gramota'),
  SIGNING_KEYS_DIR: z.string().optional(),
  ARTEFACTS_URL: z
    .string()
    .refine(
      (text) => ARTEFACTS_FORMS.some(({ fits }) => fits(text)),
      `must be ${ARTEFACTS_FORMS.map(({ form }) => form).join(' or ')}`,
    )
    .default('postgres:'),
  /** For `s3:` alone; names and meanings as in the tools of Amazon. */
  AWS_ACCESS_KEY_ID: z.string().min(1).optional(),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  AWS_REGION: z
    .string()
    .regex(/^[\w-]+$/, 'must be a region such as eu-central-1')
    .default('us-east-1'),
  AWS_ENDPOINT_URL_S3: httpUrl.optional(),
  TEMPLATES_DIR: z.string().default('./templates'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  TRUST_PROXY: z
    .string()
    .refine(isTrustProxy, 'must be the number of reverse proxies, or their addresses, separated by commas')
    .optional(),
  PUBLIC_URL: httpUrl.optional(),
  /** OpenID Connect for the console; without OIDC_ISSUER people sign in with tokens alone. */
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_ROLE_CLAIM: z.string().min(1).default('roles'),
  OIDC_ROLE_MAP: z
    .string()
    .transform((text) => text.split(',').map((pair) => pair.split('=').map((part) => part.trim())))
    .pipe(
      z.array(
        z.tuple([z.string().min(1), z.enum(['coordinator', 'admin'])]),
        'must be value=coordinator or value=admin, comma separated',
      ),
    )
    .optional(),
  CONSOLE_ZONE: z.string().refine(isZone, 'must be an IANA time zone such as Europe/Moscow').optional(),
  LMS_BASE_URL: httpUrl.optional(),
  LMS_TOKEN: z.string().min(1).optional(),
  LMS_WEBHOOK_SECRET: webhookSecrets.optional(),
  LMS_RATE_PER_SECOND: positive(50),
  LMS_CONCURRENCY: whole(8),
  SENDSAY_URL: httpUrl.default('https://api.sendsay.ru/general/api/v100/json'),
  SENDSAY_ACCOUNT: z.string().min(1).optional(),
  SENDSAY_API_KEY: z.string().min(1).optional(),
  SENDSAY_LOGIN: z.string().min(1).optional(),
  SENDSAY_SUBLOGIN: z.string().min(1).optional(),
  SENDSAY_PASSWORD: z.string().min(1).optional(),
  SENDSAY_FROM_EMAIL: z.email('must be an e-mail address').optional(),
  SENDSAY_FROM_NAME: z.string().min(1).optional(),
  SENDSAY_REPLY_EMAIL: z.email('must be an e-mail address').optional(),
  SENDER_DKIM_SELECTORS: commaList(z.string().regex(domainName, 'must be selectors of DKIM keys, comma separated')),
  SENDER_SPF_INCLUDE: z.string().regex(domainName, 'must be a domain name').optional(),
  DNS_SERVERS: commaList(
    z.string().refine(isDnsServer, 'must be IP addresses of DNS servers, such as 192.0.2.1 or 192.0.2.1:5353'),
  ),
  SENDSAY_RATE_PER_SECOND: positive(75),
  SENDSAY_CONCURRENCY: whole(5),
  SENDSAY_POLL_SECONDS: positive(30),
  SENDSAY_TIMEOUT_SECONDS: positive(30),
  SENDSAY_SETTLE_SECONDS: positive(120),
  SENDSAY_CALLBACK_SECRET: z.string().min(16, 'must be at least 16 characters').optional(),
  EVENTS_URLS: commaList(
    z.url({ protocol: /^https?$/, error: 'must be http:// or https:// addresses, comma separated' }),
  ),
  EVENTS_SECRET: webhookSecrets.optional(),
  WORKER_CONCURRENCY: whole(Math.max(10, cores * 5)),
  RENDER_THREADS: whole(Math.max(1, cores - 1)),
  DRAIN_SECONDS: decimal((value) => value <= 3600, 'a number from 0 to 3600').default(5),
  METRICS_PORT: port.optional(),
  /** Names and meanings as OpenTelemetry has them; without an endpoint no traces are exported. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[\w-]+=[^,]+(,[\w-]+=[^,]+)*$/, 'must be name=value, comma separated')
    .optional(),
  OTEL_SERVICE_NAME: z.string().min(1).default('gramota'),
  RETENTION_EVENTS_DAYS: days(30, 30),
  RETENTION_IMPORT_ROWS_DAYS: days(30, 1),
  RETENTION_DRY_RUNS_DAYS: daysOrNever(30),
  RETENTION_UNAWARDED_DAYS: daysOrNever(30),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: oneOf(['pretty', 'json']).default(process.stdout.isTTY ? 'pretty' : 'json'),
});
export type SettingName = keyof z.infer<typeof Settings>;
/** Every setting, parsed; named as in the environment. */
export type Config = Readonly<z.infer<typeof Settings> & { SIGNING_KEYS_DIR: string }>;

/** Each of them can also be given as `NAME_FILE`, the path of a file. */
export const SECRETS = [
  'DATABASE_URL',
  'LMS_TOKEN',
  'LMS_WEBHOOK_SECRET',
  'SENDSAY_API_KEY',
  'SENDSAY_PASSWORD',
  'SENDSAY_CALLBACK_SECRET',
  'OIDC_CLIENT_SECRET',
  'AWS_SECRET_ACCESS_KEY',
  'EVENTS_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const satisfies SettingName[];
const SECRET: ReadonlySet<string> = new Set(SECRETS);

/** Settings that each command requires, besides settings with a default value. */
const PIPELINE: SettingName[] = [
  'DATABASE_URL',
  'PUBLIC_URL',
  'LMS_BASE_URL',
  'LMS_TOKEN',
  'SENDSAY_ACCOUNT',
  'SENDSAY_FROM_EMAIL',
  'SENDSAY_FROM_NAME',
];
export const NEEDED = {
  serve: [...PIPELINE, 'LMS_WEBHOOK_SECRET'],
  work: PIPELINE,
  check: PIPELINE,
  database: ['DATABASE_URL'],
  nothing: [],
} satisfies Record<string, SettingName[]>;

/** The environment of this process, with `.env` as fallback. */
export function environment(): Record<string, string | undefined> {
  const file: Record<string, string> = {};
  loadDotenv({ quiet: true, processEnv: file });
  return { ...file, ...process.env };
}

/** The language of the person at the terminal, read from `LC_ALL`, `LC_MESSAGES` or `LANG`. */
export function languageOf(env: Record<string, string | undefined>): 'en' | 'ru' {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^ru([_.-]|$)/i.test(locale) ? 'ru' : 'en';
}

/**
 * Reads the secrets whose file is given (`NAME_FILE`, for every secret `NAME`), as container platforms and systemd
 * provide them. A byte order mark and white space around the secret are not part of it.
 * @param faults gets one line per file that cannot be used
 * @returns the settings with the contents of the files
 */
function withSecretFiles(given: Readonly<Record<string, string>>, faults: string[]): Record<string, string> {
  const found: Record<string, string> = { ...given };
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) {
      faults.push(`${name}_FILE: ${name} is set too; remove one of the two`);
      continue;
    }
    try {
      const secret = readFileSync(file, 'utf8')
        .replace(/^\uFEFF/, '')
        .trim();
      if (secret === '') faults.push(`${name}_FILE: ${file} is empty`);
      found[name] = secret;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      faults.push(`${name}_FILE: ${file} cannot be read (${code})`);
      found[name] = '';
    }
  }
  return found;
}

/**
 * Reads all settings at once.
 * @throws InputError with one line per missing, malformed or unknown setting
 */
export function readConfig(env: Record<string, string | undefined>, needed: readonly SettingName[]): Config {
  const isGiven = (entry: [string, string | undefined]): entry is [string, string] => (entry[1] ?? '') !== '';
  const faults: string[] = [];
  const given = withSecretFiles(Object.fromEntries(Object.entries(env).filter(isGiven)), faults);
  const unusable = new Set(Object.keys(given).filter((name) => given[name] === ''));
  for (const name of unusable) delete given[name];
  for (const name of Object.keys(given)) {
    if (name.startsWith('GRAMOTA_') && !(name in Settings.shape))
      faults.push(`${name}: unknown setting; remove it or correct its name (known: GRAMOTA_DATA_DIR)`);
  }
  const parsed = Settings.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    faults.push(`${issue.path[0]?.toString() ?? '?'}: ${issue.message}`);
  }
  for (const name of needed) {
    if (given[name] === undefined && !unusable.has(name))
      faults.push(`${name}: required; set it in the environment or in .env`);
  }
  const has = (name: string) => given[name] !== undefined || unusable.has(name);
  const hasKey = has('SENDSAY_API_KEY');
  const hasSession = has('SENDSAY_LOGIN') && has('SENDSAY_PASSWORD');
  if (needed.includes('SENDSAY_ACCOUNT') && !hasKey && !hasSession) {
    faults.push('SENDSAY_API_KEY: required, or SENDSAY_LOGIN and SENDSAY_PASSWORD for session login');
  }
  if (given['EVENTS_URLS'] !== undefined && !has('EVENTS_SECRET'))
    faults.push('EVENTS_SECRET: required, because EVENTS_URLS is set; it signs every event');
  if (given['ARTEFACTS_URL']?.startsWith('s3:'))
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
      if (!has(name)) faults.push(`${name}: required, because ARTEFACTS_URL is a bucket`);
  if (!parsed.success || faults.length > 0) throw new InputError([...new Set(faults)]);
  return Object.freeze({
    ...parsed.data,
    GRAMOTA_DATA_DIR: resolve(parsed.data.GRAMOTA_DATA_DIR),
    SIGNING_KEYS_DIR: resolve(parsed.data.SIGNING_KEYS_DIR ?? join(parsed.data.GRAMOTA_DATA_DIR, 'keys')),
    TEMPLATES_DIR: resolve(parsed.data.TEMPLATES_DIR),
  });
}

/** All settings with value (secrets masked) and source, for `gramota check`. */
export function describeConfig(
  config: Config,
  env: Record<string, string | undefined>,
): { name: string; value: string; source: string }[] {
  return Object.keys(Settings.shape).map((name) => {
    const value = config[name as SettingName];
    const isGiven = env[name] !== undefined && env[name] !== '';
    const file = SECRET.has(name) ? env[`${name}_FILE`] || undefined : undefined;
    const shown = value === undefined ? '(not set)' : SECRET.has(name) ? '••••' : String(value);
    const place = process.env[name] === undefined ? '.env' : 'environment';
    const source = isGiven ? place : file === undefined ? 'default' : `file ${file}`;
    return { name, value: shown, source };
  });
}
