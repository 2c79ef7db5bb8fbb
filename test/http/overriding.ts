import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import type { StudentGroup } from '../../src/domain/student-group/student-group.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { studentGroup } from '../support/award.ts';
import { appOver, tokenFor } from './harness.ts';

type Over = ReturnType<typeof appOver>;
export type App = Over['app'];

/** A coordinator and a viewer of student groups, for tests. */
export interface Overriding {
  over: (changes?: Partial<AppDeps>, foreseen?: number[]) => Over;
  coordinator: string;
  viewer: string;
  get: (app: App, id: string) => request.Test;
  patch: (app: App, id: string, body: object, header?: string) => request.Test;
  /** A student group as stored by a pull; returns its id. */
  pulled: (id: string, change?: (told: StudentGroup) => void) => Promise<string>;
}

export async function overriding(db: Db): Promise<Overriding> {
  const coordinator = (await tokenFor(db, 'coordinator', 'Anna')).header;
  const viewer = (await tokenFor(db, 'viewer')).header;
  const path = (id: string) => `/api/student-groups/${encodeURIComponent(id)}`;
  return {
    over: (changes = {}, foreseen = []) => appOver(db, changes, foreseen),
    coordinator,
    viewer,
    get: (app, id) => request(app).get(path(id)).set('Authorization', viewer),
    patch: (app, id, body, header = coordinator) =>
      request(app).patch(path(id)).set('Authorization', header).send(body),
    async pulled(id, change = () => {}) {
      const told = studentGroup(id);
      change(told);
      await recordPull(db, { ok: true, studentGroup: told, etag: null }, new Date(), (email) => email);
      return id;
    },
  };
}

/** The reason that the coordinator gives. */
export const WHY = { reason: 'by telephone' };
