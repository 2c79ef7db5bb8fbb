import {
  type ApiAnswer,
  type ApiError,
  type Habits,
  isEmpty,
  isRecord,
  readNumber,
  refused,
  writeMoscowTime,
} from './protocol.ts';
import type { StoredTracker, Trackers } from './trackers.ts';

const PERSONAL = 'issue.send/personal';
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

/** Fields for filters and sorting. `track.info` is not among them, because no document says that it can be filtered. */
type Field = 'action' | 'status' | 'id' | 'dt' | 'status.dt';
const FIELDS: Record<string, Field> = {
  action: 'action',
  'track.action': 'action',
  status: 'status',
  'track.status': 'status',
  id: 'id',
  'track.id': 'id',
  dt: 'dt',
  'track.dt': 'dt',
  'status.dt': 'status.dt',
  'track.dt_status': 'status.dt',
};

interface Row {
  tracker: StoredTracker;
  values: Record<Field, string | number>;
}

const OPERATORS: Record<string, (value: string | number, wanted: (string | number)[]) => boolean> = {
  in: (value, wanted) => wanted.includes(value),
  '==': (value, wanted) => value === wanted[0],
  '!=': (value, wanted) => value !== wanted[0],
  '>': (value, [wanted = '']) => value > wanted,
  '>=': (value, [wanted = '']) => value >= wanted,
  '<': (value, [wanted = '']) => value < wanted,
  '<=': (value, [wanted = '']) => value <= wanted,
};

/**
 * Action `track.list`: requires at least one filter; personal letters appear only when the filter names them; oldest
 * first by default; the last portion has `last_page`.
 */
export function listTrackers(call: Record<string, unknown>, trackers: Trackers, habits: Habits): ApiAnswer {
  const conditions = Array.isArray(call['filter']) ? call['filter'] : [];
  if (conditions.length === 0) return refused(habits.error('error/filter/missing', 'at least one filter is required'));

  const asksPersonal = conditions.some(
    (condition) =>
      isRecord(condition) && FIELDS[String(condition['a'])] === 'action' && listOf(condition['v']).includes(PERSONAL),
  );
  // The sandbox has only personal letters, so a listing without that filter is empty.
  let rows = asksPersonal ? trackers.alive().map((tracker) => row(tracker, trackers)) : [];
  for (const condition of conditions) {
    const test = conditionTest(condition, habits);
    if (typeof test !== 'function') return refused(test);
    rows = rows.filter(test);
  }
  const order = isEmpty(call['order']) ? [] : listOf(call['order']);
  for (const key of [...order].reverse()) {
    const field = FIELDS[String(key).replace(/^[-+]/, '')];
    if (field === undefined) return refused(habits.error('error/order', 'unknown field', { order: key }));
    const sign = String(key).startsWith('-') ? -1 : 1;
    rows.sort(({ values: a }, { values: b }) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0));
  }

  const first = isEmpty(call['first']) ? DEFAULT_PAGE : readNumber(call['first']);
  const skip = isEmpty(call['skip']) ? 0 : readNumber(call['skip']);
  if (first === null || skip === null || first < 1 || skip < 0) {
    return refused(habits.error('error/page', 'first and skip must be whole numbers'));
  }
  const size = Math.min(first, LARGEST_PAGE);
  const list = rows.slice(skip, skip + size).map(({ tracker }) => trackers.describe(tracker));
  return { list, ...(skip + size >= rows.length ? { last_page: habits.number(1) } : {}) };
}

function row(tracker: StoredTracker, trackers: Trackers): Row {
  const { status, statusAt } = trackers.state(tracker);
  const dt = writeMoscowTime(tracker.createdAt);
  return { tracker, values: { action: PERSONAL, status, id: tracker.id, dt, 'status.dt': writeMoscowTime(statusAt) } };
}

function conditionTest(condition: unknown, habits: Habits): ((row: Row) => boolean) | ApiError {
  if (!isRecord(condition)) return habits.error('error/filter', 'a condition must be an object');
  const field = FIELDS[String(condition['a'])];
  const operator = OPERATORS[String(condition['op'])];
  if (field === undefined || operator === undefined) {
    return habits.error('error/filter', 'unknown field or operator', { a: condition['a'], op: condition['op'] });
  }
  const numeric = field === 'status' || field === 'id';
  const wanted = listOf(condition['v']).map((value) => (numeric ? (readNumber(value) ?? Number.NaN) : String(value)));
  return ({ values }) => operator(values[field], wanted);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
