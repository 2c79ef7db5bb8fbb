import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from 'luxon';
import { z } from 'zod';
import { InputError } from '../../domain/failure.ts';
import type { DeliveryReport } from '../../domain/letter/delivery.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';

export const SENDSAY_FILE = 'sendsay.yaml';

/** `delivery` of `sendsay.yaml` in the form the adapter uses. */
export interface DeliveryMap {
  /** Names of the requested fields of `stat.uni`. */
  select: { letter: string; issue: string; status: string; at: string | null; detail: string | null };
  /** Declared values of the status field as text; the empty text stands for an empty status. */
  outcomes: ReadonlyMap<string, DeliveryReport['outcome']>;
  /** How long after sending a letter is queried first, and until when, in milliseconds. */
  askAfterMs: number;
  untilMs: number;
}

const LISTS = {
  delivered: 'delivered',
  hardBounce: 'hard-bounce',
  softBounce: 'soft-bounce',
  underWay: 'under-way',
} as const;

const Field = z
  .string('expected the name of a field of stat.uni')
  .regex(/^[a-z][\w.:-]{0,99}$/i, 'expected the name of a field of stat.uni, such as deliv.issue.id');
const Value = z.union([z.string().max(100), z.number(), z.boolean()], {
  error: 'expected a value of the status field: text or a number ("" for an empty one)',
});
const Period = z
  .string('expected an ISO 8601 duration such as PT5M')
  .refine((text) => Duration.fromISO(text).toMillis() > 0, 'expected an ISO 8601 duration such as PT5M or P4D')
  .refine((text) => !(Duration.fromISO(text).toMillis() > 31 * 86_400_000), 'expected at most P31D');
const Values = z.array(Value, 'expected a list of values').default([]);

const SendsayFile = z
  .strictObject({
    version: z.literal(1).optional(),
    delivery: z
      .strictObject({
        select: z.strictObject({
          letter: Field,
          issue: Field,
          status: Field,
          at: Field.optional(),
          detail: Field.optional(),
        }),
        delivered: Values,
        hardBounce: Values,
        softBounce: Values,
        underWay: Values,
        askAfter: Period.default('PT5M'),
        until: Period.default('P4D'),
      })
      .nullish(),
  })
  .nullable();
type Declared = NonNullable<NonNullable<z.infer<typeof SendsayFile>>['delivery']>;

/**
 * Reads `sendsay.yaml` of a templates folder. Null when the file is missing or declares no `delivery`; delivery
 * results are then not queried.
 * @throws InputError with one fault per line: `file:line: fault and advice`
 */
export async function loadDeliveryMap(templatesDir: string): Promise<DeliveryMap | null> {
  const source = await readFile(join(templatesDir, SENDSAY_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new InputError(
      `${SENDSAY_FILE}:1: cannot be read (${error.code ?? 'unknown error'}); correct the permissions of the file`,
    );
  });
  return source === null ? null : readDeliveryMap(source, SENDSAY_FILE);
}

/**
 * Like `loadDeliveryMap`, from a text.
 * @param fileName name used in faults
 */
export function readDeliveryMap(yamlText: string, fileName: string): DeliveryMap | null {
  const yaml = readYaml(fileName, yamlText);
  if (yaml.faults.length > 0) throw new InputError(yaml.faults);
  const parsed = SendsayFile.safeParse(yaml.data ?? null);
  if (!parsed.success) throw new InputError(schemaFaults(fileName, yaml, parsed.error));
  const declared = parsed.data?.delivery;
  if (!declared) return null;
  const faults: string[] = [];
  const fault = (path: (string | number)[], text: string) =>
    faults.push(
      `${fileName}:${yaml.lineOf(['delivery', ...path])}: delivery${path.map((part) => `.${part}`).join('')}: ${text}`,
    );
  const outcomes = outcomesOf(declared, fault);
  const askAfterMs = Duration.fromISO(declared.askAfter).toMillis();
  const untilMs = Duration.fromISO(declared.until).toMillis();
  if (untilMs <= askAfterMs)
    fault(['until'], 'must be later than askAfter, else no delivery would be queried; use a longer duration');
  const { letter, issue, status, at = null, detail = null } = declared.select;
  const names = { letter, issue, status, at, detail };
  for (const [role, name] of Object.entries(names)) {
    const twin = Object.entries(names).find(([other, same]) => other !== role && same === name)?.[0];
    if (name !== null && twin !== undefined && role > twin)
      fault(['select', role], `is also the field of ${twin}; use a different field for each`);
  }
  if (faults.length > 0) throw new InputError(faults);
  return { select: names, outcomes, askAfterMs, untilMs };
}

function outcomesOf(
  declared: Declared,
  fault: (path: (string | number)[], text: string) => void,
): Map<string, DeliveryReport['outcome']> {
  const outcomes = new Map<string, DeliveryReport['outcome']>();
  for (const [list, outcome] of Object.entries(LISTS)) {
    for (const [index, value] of declared[list as keyof typeof LISTS].entries()) {
      const text = String(value).trim();
      const before = outcomes.get(text);
      if (before !== undefined)
        fault([list, index], `${JSON.stringify(text)} is listed twice (${before}); list each value once`);
      outcomes.set(text, outcome);
    }
  }
  if (![...outcomes.values()].some((outcome) => outcome !== 'under-way'))
    fault(
      [],
      'no values are listed in delivered, hardBounce and softBounce; list them, or remove the section "delivery"',
    );
  return outcomes;
}
