import type { Sources } from './architecture.ts';

/** Source text without comments and literals; line numbers stay the same. */
export function bareCode(source: string): string {
  const literal =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*|=>\s*|\breturn\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[dgimsuvy]*/g;
  return source.replace(literal, (text) => `''${text.replace(/[^\n]/g, '')}`);
}

interface Rule {
  /** Files that the rule applies to. */
  files: RegExp;
  except?: RegExp;
  breach: RegExp;
  /** Searches the whole text, comments included. */
  inComments?: true;
  say: string;
}

const RULES: Rule[] = [
  {
    files: /^src\//,
    except: /^src\/config\.ts$/,
    breach: /\bprocess\s*\.\s*env\b|\bprocess\s*\[/,
    say: 'reads the environment; take it from Config',
  },
  {
    files: /./,
    except: /^(?:knexfile|test\/support\/results-reporter)\.ts$/,
    breach: /\bexport\s+default\b|\bas\s+default\b/,
    say: 'has a default export; name it',
  },
  {
    files: /^(src|test)\//,
    breach: /\bexport\s*(?:type\s*)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s*)?from\b/,
    say: 'passes on what another file exports; import it from there',
  },
  { files: /./, breach: /(?:[:<,|&(]|\bas|=>|\bextends)\s*any\b(?!\s*[:(?])/, say: 'uses any' },
  { files: /./, breach: /@ts-(?:ignore|nocheck|expect-error)\b/, inComments: true, say: 'silences the compiler' },
  { files: /./, breach: /biome-[i]gnore/, inComments: true, say: 'silences the linter' },
  { files: /^src\//, breach: /\bconsole\s*\./, say: 'writes to the console; use the log' },
  {
    files: /^src\//,
    except: /^src\/domain\/time\/zone-data\.ts$/,
    breach: /moment-timezone['/]/,
    inComments: true,
    say: 'reads zone data; ask domain/time/zone.ts',
  },
  {
    // HTTP dates contain their zone.
    files: /^src\/(?!domain\/time\/local-time\.ts$|platform\/http\/http\.ts$)/,
    breach:
      /^import \{[^}]*\b(?:DateTime|Interval|IANAZone|SystemZone|Settings)\b[^}]*\} from 'luxon'|\btimeZone\b(?!: 'UTC')/m,
    inComments: true,
    say: "may tell time by the host's zone data; use domain/time/local-time.ts",
  },
  {
    files: /^src\//,
    breach:
      /\b(?:IANAZone|SystemZone|setZone|toLocal|toLocaleDateString|toLocaleTimeString|getTimezoneOffset)\b|\.get(?:FullYear|Month|Date|Day|Hours|Minutes)\(/,
    say: "tells time by the host's zone data; use domain/time/local-time.ts",
  },
  {
    files: /^test\//,
    breach: /\b(?:describe|suite|it|test)\s*\.\s*(?:only|skip|todo)\b|\b(?:only|todo)\s*:|\bskip\s*:\s*true\b/,
    say: 'leaves tests out, or all but itself; a skip needs a condition and its reason',
  },
];

/** Faults by the rules for single files, one per line: `path:line: fault`. */
export function ruleFaults(sources: Sources): string[] {
  const faults: string[] = [];
  for (const [path, source] of sources) {
    const code = bareCode(source);
    for (const { files, except, breach, inComments, say } of RULES) {
      if (!files.test(path) || except?.test(path)) continue;
      const text = inComments ? source : code;
      const found = breach.exec(text);
      if (found) faults.push(`${path}:${text.slice(0, found.index).split('\n').length}: ${say}`);
    }
    if (/(^|\/)index\.ts$/.test(path)) faults.push(`${path}:1: is a barrel by name; say what it is`);
  }
  return faults;
}

export const MAX_LINES = 350;

/** Files longer than `MAX_LINES`, files beyond their exception, and unnecessary exceptions. */
export function lengthFaults(sources: Sources, excused: ReadonlyMap<string, number>): string[] {
  const faults: string[] = [];
  for (const [path, source] of sources) {
    const lines = source.replace(/\n$/, '').split('\n').length;
    const most = excused.get(path) ?? MAX_LINES;
    if (lines > most) faults.push(`${path}: ${lines} lines, at most ${most}; split it`);
    if (excused.has(path) && lines <= MAX_LINES) faults.push(`${path}: short enough now; excuse it no longer`);
  }
  for (const path of excused.keys()) if (!sources.has(path)) faults.push(`${path}: is gone; excuse it no longer`);
  return faults;
}
