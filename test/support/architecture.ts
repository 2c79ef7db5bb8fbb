/** Sources of the repository: path from the root (with `/`) → text. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** Path from the root for a file of the repository, else the name of the package. */
  target: string;
  ours: boolean;
  /** True for `import type`, which the compiler removes. */
  typeOnly: boolean;
}

const SPECIFIER =
  /^[ \t]*(?:import|export)\b[ \t]*(?<type>type\b)?(?:[ \t]*[\w*{$][^'"`;()=]*?\bfrom\b\s*)?[ \t]*(?<quote>['"])(?<name>[^'"\n]+)\k<quote>/gm;
const DYNAMIC = /\bimport\(\s*['"](?<name>[^'"\n]+)['"]\s*\)/g;

/** The imports of a file. A process or worker started by its path is not an import, because it shares nothing. */
export function importsOf(path: string, source: string): Import[] {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: { name: string; typeOnly: boolean }[] = [];
  for (const { groups = {} } of text.matchAll(SPECIFIER)) {
    found.push({ name: groups['name'] ?? '', typeOnly: groups['type'] !== undefined });
  }
  for (const { groups = {} } of text.matchAll(DYNAMIC)) {
    found.push({ name: groups['name'] ?? '', typeOnly: false });
  }
  return found.map(({ name, typeOnly }) => {
    const ours = name.startsWith('.');
    return { target: ours ? resolve(path, name) : name, ours, typeOnly };
  });
}

function resolve(from: string, relative: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

interface Layer {
  name: string;
  files: RegExp;
  /** Files of the repository that the layer may import; `$1` is the first group of `files`. */
  may: string[];
  /** Files of which only types may be imported. */
  types?: string[];
  /** Packages that the layer may import; default is any package. */
  packages?: RegExp;
}

const BASICS = ['src/domain/', 'src/ports/'];
const STAGE_PLATFORM = ['jobs/', 'http/validate.ts', 'log.ts', 'database/grouped-transactions.ts'].map(
  (name) => `src/platform/${name}`,
);
/** Code that stages may share; it imports no stage. */
const SHARED = ['src/lifecycle/'].concat(
  ['stages', 'apply-retention', 'back-off', 'context', 'missing-key', 'watch-lms-events', 'sending-stopped'].map(
    (name) => `src/pipeline/${name}.ts`,
  ),
);
/** The package `node:module`: large tables are loaded when they are first used. */
const PURE =
  /^(zod|luxon|moment-timezone|i18n-iso-countries|libphonenumber-js|any-ascii|iconv-lite|html-entities|node:module|node:url)(\/|$)/;

/**
 * The import rules: the first layer whose `files` match applies. A file that matches none is a fault, so that each
 * new place is decided explicitly.
 */
const LAYERS: Layer[] = [
  { name: 'domain', files: /^src\/domain\//, may: ['src/domain/'], packages: PURE },
  { name: 'ports', files: /^src\/ports\//, may: BASICS, packages: /^$/ },
  {
    name: 'platform',
    files: /^src\/platform\//,
    may: ['src/platform/', 'src/domain/failure.ts', 'src/domain/messages/'],
  },
  {
    name: 'records',
    files: /^src\/records\//,
    may: [
      'src/domain/',
      'src/records/',
      'src/platform/database/database.ts',
      'src/platform/database/coalesced-reads.ts',
    ],
    types: ['src/ports/'],
  },
  {
    name: 'a stage',
    files: /^src\/pipeline\/([\w-]+)\//,
    may: [...BASICS, 'src/records/', 'src/credential/', 'src/pipeline/$1/', ...SHARED, ...STAGE_PLATFORM],
  },
  {
    name: 'what runs the stages',
    files: /^src\/pipeline\/run-stages\.ts$/,
    may: [...BASICS, 'src/records/', 'src/pipeline/', ...STAGE_PLATFORM],
  },
  {
    name: 'what the stages share',
    files: /^src\/pipeline\/[\w-]+\.ts$/,
    may: [...BASICS, 'src/records/', ...SHARED, ...STAGE_PLATFORM],
  },
  {
    name: 'the life of a certificate',
    files: /^src\/lifecycle\//,
    may: [...BASICS, 'src/records/', 'src/lifecycle/', 'src/platform/jobs/'],
    types: ['src/pipeline/context.ts', 'src/platform/'],
  },
  { name: 'an adapter', files: /^src\/adapters\/([\w-]+)\//, may: [...BASICS, 'src/platform/', 'src/adapters/$1/'] },
  { name: 'credential', files: /^src\/credential\//, may: [...BASICS, 'src/credential/'] },
  {
    name: 'the signing keys',
    files: /^src\/signing-keys\//,
    may: [...BASICS, 'src/records/', 'src/credential/', 'src/signing-keys/'],
  },
  {
    name: 'diploma',
    files: /^src\/diploma\//,
    may: [...BASICS, 'src/diploma/', 'src/credential/', 'src/platform/yaml-file.ts'],
  },
  {
    name: 'lookup',
    files: /^src\/lookup\//,
    may: [...BASICS, 'src/records/', 'src/platform/', 'src/credential/', 'src/lookup/'],
  },
  {
    name: 'verify',
    files: /^src\/verify\//,
    may: [...BASICS, 'src/verify/', 'src/credential/', 'src/diploma/check/'],
  },
  {
    name: 'coordinate',
    files: /^src\/coordinate\//,
    may: [...BASICS, 'src/records/', 'src/platform/', 'src/coordinate/', 'src/lifecycle/'],
    types: ['src/pipeline/context.ts'],
  },
  {
    name: 'the console',
    files: /^src\/console\//,
    may: [...BASICS, 'src/records/', 'src/platform/', 'src/coordinate/', 'src/lifecycle/', 'src/console/'],
  },
  {
    name: 'the webhooks',
    files: /^src\/webhooks\.ts$/,
    may: [...BASICS, 'src/records/', 'src/platform/'],
    types: ['src/pipeline/context.ts'],
  },
  { name: 'the API description', files: /^src\/api-docs\//, may: ['src/api-docs/', 'src/platform/'] },
  { name: 'operations', files: /^src\/operations\.ts$/, may: ['src/platform/'] },
  {
    name: 'the application',
    files: /^src\/app\.ts$/,
    may: [
      ...BASICS,
      'src/records/',
      'src/platform/',
      'src/lookup/',
      'src/coordinate/',
      'src/console/',
      'src/api-docs/',
    ].concat('src/webhooks.ts', 'src/operations.ts'),
  },
  { name: 'config', files: /^src\/config\.ts$/, may: ['src/domain/failure.ts', 'src/domain/time/zone.ts'] },
  { name: 'the sandboxes', files: /^src\/sandbox\//, may: ['src/sandbox/', 'src/config.ts', 'src/platform/log.ts'] },
  {
    name: 'the composition root',
    files: /^src\/compose\//,
    may: [
      ...BASICS,
      ...['records', 'pipeline', 'adapters', 'credential', 'signing-keys', 'diploma', 'platform', 'compose'].map(
        (name) => `src/${name}/`,
      ),
    ].concat(
      ...[
        'src/config.ts',
        'src/app.ts',
        'src/operations.ts',
        'src/coordinate/bulk/run-bulk.ts',
        'src/coordinate/apply-import.ts',
      ],
      'src/coordinate/sending.ts',
    ),
  },
  {
    name: 'the demo',
    files: /^src\/demo\//,
    may: ['src/domain/', 'src/platform/', 'src/demo/', 'src/sandbox/', 'src/embedded-postgres/', 'src/config.ts'],
  },
  {
    name: 'the embedded database',
    files: /^src\/embedded-postgres\//,
    may: ['src/embedded-postgres/', 'src/platform/', 'src/domain/failure.ts'],
  },
  { name: 'a command', files: /^src\/(commands\/|main\.ts$)/, may: ['src/'] },
  { name: 'a migration', files: /^migrations\//, may: [], packages: /^knex$/ },
  { name: 'a test', files: /^test\//, may: ['src/', 'test/', 'migrations/'] },
  { name: 'a bench', files: /^bench\//, may: ['src/', 'bench/', 'test/support/'] },
];

/** Returns the imports that break the rules, one per line. */
export function directionFaults(sources: Sources): string[] {
  const faults: string[] = [];
  for (const [path, source] of sources) {
    const layer = LAYERS.find(({ files }) => files.test(path));
    if (layer === undefined) {
      faults.push(`${path}: belongs to no layer; place it in test/support/architecture.ts`);
      continue;
    }
    const own = layer.files.exec(path)?.[1] ?? '';
    const within = (list: readonly string[] | undefined, target: string) =>
      list?.some((prefix) => target.startsWith(prefix.replace('$1', own))) ?? false;
    for (const { target, ours, typeOnly } of importsOf(path, source)) {
      if (!ours) {
        if (layer.packages && !layer.packages.test(target))
          faults.push(`${path}: ${layer.name} may not import ${target}`);
      } else if (within(layer.types, target) && !typeOnly && !within(layer.may, target)) {
        faults.push(`${path}: ${layer.name} may import only types of ${target}`);
      } else if (!within(layer.may, target) && !within(layer.types, target)) {
        faults.push(`${path}: ${layer.name} may not import ${target}`);
      }
    }
  }
  return faults;
}

/**
 * Import cycles. Types are erased, so files of one folder may import each other's types; across folders type cycles
 * are faults too.
 */
export function circles(sources: Sources): string[] {
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/'));
  const edges = new Map<string, string[]>();
  for (const [path, source] of sources) {
    const next = importsOf(path, source)
      .filter(
        ({ target, ours, typeOnly }) => ours && sources.has(target) && !(typeOnly && folder(path) === folder(target)),
      )
      .map(({ target }) => target);
    edges.set(path, next);
  }
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, way: string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...way.slice(way.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) visit(next, [...way, path]);
    state.set(path, 'done');
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}
