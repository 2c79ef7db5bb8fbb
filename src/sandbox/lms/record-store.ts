import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One stored student group: any JSON, since tests break records on purpose. */
export interface StoredStudentGroup {
  readonly id: string;
  readonly sequence: number;
  /** Kept apart, so that a record broken on purpose still appears in its release's listing. */
  readonly releaseId: string | null;
  readonly record: JsonObject;
  readonly etag: string;
}

/** Student groups and releases of the stand-in LMS, in memory, in order of arrival. */
export class RecordStore {
  #groups = new Map<string, StoredStudentGroup>();
  #releases = new Map<string, JsonObject>();
  #sequence = 0;
  #revision = 0;

  group(id: string): StoredStudentGroup | undefined {
    return this.#groups.get(id);
  }

  release(id: string): JsonObject | undefined {
    return this.#releases.get(id);
  }

  /** Stores a student group under its id; the ETag changes even when the contents do not. */
  putGroup(id: string, record: JsonObject): StoredStudentGroup {
    const former = this.#groups.get(id);
    this.#revision += 1;
    const revision = this.#revision;
    const stored: StoredStudentGroup = {
      id,
      sequence: former?.sequence ?? ++this.#sequence,
      releaseId: releaseIdOf(record) ?? former?.releaseId ?? null,
      record,
      get etag() {
        return `"${createHash('sha256').update(`${id}\n${revision}`).digest('base64url').slice(0, 20)}"`;
      },
    };
    this.#groups.set(id, stored);
    return stored;
  }

  deleteGroup(id: string): boolean {
    return this.#groups.delete(id);
  }

  putRelease(id: string, release: JsonObject): void {
    this.#releases.set(id, release);
  }

  /** One page after the given sequence number, in order of arrival: stable while records change or go. */
  page(filter: { releaseId: string | null; updatedSince: number | null }, after: number, limit: number) {
    const items: StoredStudentGroup[] = [];
    for (const stored of this.#groups.values()) {
      if (stored.sequence <= after) continue;
      if (filter.releaseId !== null && stored.releaseId !== filter.releaseId) continue;
      if (filter.updatedSince !== null && !(updatedAt(stored.record) >= filter.updatedSince)) continue;
      if (items.length === limit) return { items, more: true };
      items.push(stored);
    }
    return { items, more: false };
  }
}

/** Deep merge: objects are merged, everything else replaces; null stays null, as the LMS's fields need it. */
export function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const former = merged[key];
    merged[key] = isObject(former) && isObject(value) ? merge(former, value) : value;
  }
  return merged;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function releaseIdOf(record: JsonObject): string | null {
  const group = record['group'];
  const releaseId = isObject(group) ? group['releaseId'] : null;
  return typeof releaseId === 'string' ? releaseId : null;
}

function updatedAt(record: JsonObject): number {
  const value = record['updatedAt'];
  // A record whose time cannot be read is always "new", so that a puller gets to see it.
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : Number.POSITIVE_INFINITY;
}
