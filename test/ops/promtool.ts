import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Why promtool cannot be used; false when it can. */
export const noPromtool: string | false =
  spawnSync('promtool', ['--version']).error === undefined
    ? false
    : 'promtool is not installed: apt-get install prometheus';

export function promtool(...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/** Minutes for which the values of a scrape last: longer than the longest `for` of an alarm. */
const MINUTES = 200;

interface Scrapes {
  /** Text of `/metrics`; null: nothing answers. */
  before: string | null;
  after: string | null;
}

/** Values of a scrape by series. */
function seriesOf(text: string | null): Map<string, number> {
  const lines = (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const isCounter = (series: string): boolean => /^\w+_(count|sum|total)\b/.test(series);

/** A counter goes on as it did between the two scrapes; a gauge stays as it is in the second. */
function inputSeries({ before, after }: Scrapes): { series: string; values: string }[] {
  const former = seriesOf(before);
  return [...seriesOf(after)].flatMap(([series, value]) => {
    if (!series.startsWith('gramota_') || /_bucket\b/.test(series)) return [];
    const step = isCounter(series) ? value - (former.get(series) ?? 0) : 0;
    return [{ series, values: `${value}+${step}x${MINUTES}` }];
  });
}

/**
 * Lets promtool evaluate the rules over real scrapes.
 * @param expected names of the alarms that fire in the end
 */
export async function firing(
  rules: string,
  scrapes: Scrapes,
  expected: readonly string[],
): Promise<{ status: number | null; text: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'gramota-promtool-'));
  try {
    const file = join(dir, 'test.yaml');
    const samples = [...expected].sort().map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }));
    const input = inputSeries(scrapes);
    const test = {
      interval: '1m',
      // Without any series promtool does not begin.
      input_series: input.length > 0 ? input : [{ series: 'up', values: `1x${MINUTES}` }],
      promql_expr_test: [
        { expr: 'max by (alertname) (ALERTS{alertstate="firing"})', eval_time: `${MINUTES}m`, exp_samples: samples },
      ],
    };
    await writeFile(file, stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }));
    return promtool('test', 'rules', file);
  } finally {
    await rm(dir, { recursive: true });
  }
}
