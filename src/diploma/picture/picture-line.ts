import { PicturesBusy } from '../../ports/pictures.ts';

export interface LineLimits {
  /** Maximum of running and waiting tasks together. */
  most: number;
  /** Maximum of running and waiting tasks of one client. */
  mostOfClient: number;
}

/**
 * Limits how many tasks run or wait, in all and of one client, so that no client takes all places.
 * @returns runs a task, or throws PicturesBusy at once
 */
export function createLine({
  most,
  mostOfClient,
}: LineLimits): <T>(client: string, task: () => Promise<T>) => Promise<T> {
  const taken = new Map<string, number>();
  let all = 0;
  const change = (client: string, by: 1 | -1): void => {
    const own = (taken.get(client) ?? 0) + by;
    if (own === 0) taken.delete(client);
    else taken.set(client, own);
    all += by;
  };
  return async (client, task) => {
    if (all >= most || (taken.get(client) ?? 0) >= mostOfClient)
      throw new PicturesBusy('too many images are requested at the same time');
    change(client, 1);
    try {
      return await task();
    } finally {
      change(client, -1);
    }
  };
}
