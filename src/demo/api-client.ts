import { FINAL_FOR_BATCH } from '../domain/certificate/certificate-state.ts';

export interface DemoBatch {
  state: string;
  counts: Record<string, number> & { total: number };
}

export interface DemoItem {
  studentGroupId: string;
  studentId: string | null;
  state: string;
  reason: { code: string; detail: string } | null;
  certificateId: string | null;
  sendAfter: string | null;
}

/** API calls that a coordinator's script would make. */
export interface ApiClient {
  createBatch(releaseId: string): Promise<string>;
  batch(id: string): Promise<DemoBatch>;
  items(id: string): Promise<DemoItem[]>;
  /** Asks the LMS sandbox to send signed webhooks; returns how many were accepted. */
  sendWebhooks(lmsUrl: string, target: string, studentGroupIds: string[]): Promise<number>;
}

/** Whether the item is final or waits for its send window, so that nothing more happens to it now. */
export function isSettled(state: string): boolean {
  return state === 'waiting' || FINAL_FOR_BATCH.has(state as never);
}

export function createApiClient(url: string, token: string): ApiClient {
  const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    async createBatch(releaseId) {
      const body = JSON.stringify({ releaseId, note: 'demo' });
      return (await call<{ id: string }>('/api/batches', { method: 'POST', body })).id;
    },
    batch: (id) => call<DemoBatch>(`/api/batches/${id}`),
    async items(id) {
      const all: DemoItem[] = [];
      let cursor: string | null = null;
      do {
        const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { items: DemoItem[]; nextCursor: string | null } = await call(
          `/api/batches/${id}/items?limit=200${query}`,
        );
        all.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return all;
    },
    async sendWebhooks(lmsUrl, target, studentGroupIds) {
      let accepted = 0;
      for (const studentGroupId of studentGroupIds) {
        const body = JSON.stringify({ type: 'student-group.completed', studentGroupId, url: target });
        const response = await fetch(`${lmsUrl}/sandbox/webhooks`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        });
        const result = (await response.json()) as { status?: number };
        if (result.status === 202) accepted += 1;
      }
      return accepted;
    },
  };
}
