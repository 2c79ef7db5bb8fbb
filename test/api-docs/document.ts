import request from 'supertest';
import { openDatabase } from '../../src/platform/database/database.ts';
import { appOver } from '../http/harness.ts';

/** The text of `/openapi.json` from the app, without a database. */
export async function servedDocument(): Promise<string> {
  const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1, applicationName: 'test' });
  try {
    return (await request(appOver(nowhere).app).get('/openapi.json').expect(200)).text;
  } finally {
    await nowhere.destroy();
  }
}
