import { idOf, objectOf, wireText } from './wire.ts';

/** Hints from a callback. They are not trusted; they only trigger an earlier query. */
export interface CallbackHints {
  events: number;
  /** Values of `track.id`: ids of Sendsay trackers. */
  trackIds: string[];
  /** Values of `track.info`: ids of personal issues (letters). */
  personalIssueIds: string[];
  /** Values of `customer.id`: ids of certificates. */
  certificateIds: string[];
}

export type CallbackResult = ({ ok: true } & CallbackHints) | { ok: false; detail: string };

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_EVENTS = 10_000;
const MAX_VALUES = 200_000;
/** Real events are not nested deeper, and parsing millions of levels would block the process. */
const MAX_DEPTH = 100;
const MAX_ID_LENGTH = 255;

const TRACK_ID = /^track[._]?id$/i;
const TRACK_INFO = /^track[._]?info$/i;
const CUSTOMER_ID = /^customer[._]?id$/i;

/**
 * Parses a callback of the provider, whose event fields are not documented: either `{"events":[…]}`, or JSON objects
 * separated by nothing, white space or commas. It searches ids by name at any depth. Size, events and values are
 * limited; it never throws.
 */
export function parseCallbacks(rawBody: Buffer): CallbackResult {
  if (rawBody.length > MAX_BYTES) return { ok: false, detail: `body: expected at most ${MAX_BYTES} bytes` };
  const roots = parseStream(rawBody.toString('utf8'));
  if (roots === null) return { ok: false, detail: 'body: expected {"events":[…]} or JSON objects one after another' };

  const events = roots.flatMap((root): unknown[] => {
    const list = Array.isArray(root) ? root : objectOf(root)?.['events'];
    return Array.isArray(list) ? list : [root];
  });
  if (events.length > MAX_EVENTS) return { ok: false, detail: `events: expected at most ${MAX_EVENTS}` };

  const found = { trackIds: new Set<string>(), personalIssueIds: new Set<string>(), certificateIds: new Set<string>() };
  const waiting: unknown[] = [...events];
  let seen = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      seen += 1;
      if (seen > MAX_VALUES) return { ok: false, detail: `body: expected at most ${MAX_VALUES} values` };
      if (typeof inner === 'object') waiting.push(inner);
      else if (TRACK_ID.test(key)) add(found.trackIds, idOf(inner));
      else if (TRACK_INFO.test(key)) add(found.personalIssueIds, wireText(inner));
      else if (CUSTOMER_ID.test(key)) add(found.certificateIds, wireText(inner));
    }
  }
  return {
    ok: true,
    events: events.length,
    trackIds: [...found.trackIds],
    personalIssueIds: [...found.personalIssueIds],
    certificateIds: [...found.certificateIds],
  };
}

function add(set: Set<string>, id: string | null): void {
  if (id !== null && id.length <= MAX_ID_LENGTH && !/\p{Cc}/u.test(id)) set.add(id);
}

/** All JSON values in a text; null when it contains anything except objects, lists, white space and commas. */
function parseStream(text: string): unknown[] | null {
  const values: unknown[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && /[\s,\uFEFF]/.test(text.charAt(position))) position += 1;
    if (position >= text.length) return values.length === 0 ? null : values;
    const end = endOfValue(text, position);
    if (end === null || values.length >= MAX_EVENTS) return null;
    try {
      values.push(JSON.parse(text.slice(position, end)));
    } catch {
      return null;
    }
    position = end;
  }
}

/**
 * Index of the closing bracket of the object or list at `start`, ignoring strings; null when it is missing or nested
 * too deeply.
 */
function endOfValue(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      if (depth === 0) return null;
      inString = true;
    } else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return null;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0) {
      return null;
    }
  }
  return null;
}
