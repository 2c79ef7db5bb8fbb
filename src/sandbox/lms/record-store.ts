import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A stored student group: any JSON, because tests store broken records. */
export interface StoredStudentGroup {
  readonly id: string;
  readonly sequence: number;
  /** Stored separately, so that a broken record still appears in its release's listing. */
  readonly releaseId: string | null;
  readonly record: JsonObject;
  readonly etag: string;
}

/** In-memory store of the stand-in LMS: student groups and releases in order of arrival. */
export class RecordStore {
  #groups = new Map<string, StoredStudentGroup>();
  /** Ids by sequence number, from 1; finds a page without scanning the pages before it. */
  #ids: string[] = [];
  #releases = new Map<string, JsonObject>();
  #revision = 0;

  group(id: string): StoredStudentGroup | undefined {
    return this.#groups.get(id);
  }

  release(id: string): JsonObject | undefined {
    return this.#releases.get(id);
  }

  /** Stores a student group by id; the ETag changes even when the contents do not. */
  putGroup(id: string, record: JsonObject): StoredStudentGroup {
    const former = this.#groups.get(id);
    const releaseId = releaseIdOf(record) ?? former?.releaseId ?? null;
    return this.#put(id, releaseId, () => record);
  }

  /** Like `putGroup`, for a record that is generated on each access, so that 100,000 records take little memory. */
  putMadeGroup(id: string, releaseId: string, make: () => JsonObject): void {
    this.#put(id, releaseId, make);
  }

  #put(id: string, releaseId: string | null, make: () => JsonObject): StoredStudentGroup {
    this.#revision += 1;
    const revision = this.#revision;
    const stored: StoredStudentGroup = {
      id,
      sequence: this.#groups.get(id)?.sequence ?? this.#ids.push(id),
      releaseId,
      get record() {
        return make();
      },
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

  /** One page after a sequence number, in order of arrival; it is stable when records change or are deleted. */
  page(filter: { releaseId: string | null; updatedSince: number | null }, after: number, limit: number) {
    const items: StoredStudentGroup[] = [];
    for (let place = after; place < this.#ids.length; place += 1) {
      const stored = this.#groups.get(this.#ids[place] ?? '');
      // The record was deleted, or deleted and stored again with a later sequence number.
      if (stored?.sequence !== place + 1) continue;
      if (filter.releaseId !== null && stored.releaseId !== filter.releaseId) continue;
      if (filter.updatedSince !== null && !(updatedAt(stored.record) >= filter.updatedSince)) continue;
      if (items.length === limit) return { items, more: true };
      items.push(stored);
    }
    return { items, more: false };
  }
}

/** Deep merge: objects are merged, everything else is replaced; null stays null, because LMS fields may be null. */
export function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const former = merged[key];
    merged[key] = isRecordObject(former) && isRecordObject(value) ? merge(former, value) : value;
  }
  return merged;
}

export function isRecordObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function releaseIdOf(record: JsonObject): string | null {
  const group = record['group'];
  const releaseId = isRecordObject(group) ? group['releaseId'] : null;
  return typeof releaseId === 'string' ? releaseId : null;
}

function updatedAt(record: JsonObject): number {
  const value = record['updatedAt'];
  // A record with an unreadable time always counts as new, so that a pull sees it.
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : Number.POSITIVE_INFINITY;
}
