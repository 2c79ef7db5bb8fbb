import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { createPictures } from '../../src/diploma/picture/create-pictures.ts';
import { pageFaces } from '../../src/diploma/picture/page-faces.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import type { Db } from '../../src/records/rows.ts';
import { appOver, factsOf, SCHOOL, seedCertificate, seedVersion } from '../http/harness.ts';
import { storeDiploma } from '../support/award.ts';
import { testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';

/** A certificate that can be looked up, with its issued files, newest last. */
export interface Shown {
  id: string;
  code: string;
  facts: DiplomaFacts;
  files: Buffer[];
}

/** The public pages on loopback, with a database of their own. */
export interface PublicSite {
  url: string;
  db: Db;
  /** Awards a certificate with a drawn diploma; each further version changes some facts. */
  issue(changes: Partial<DiplomaFacts>, ...versions: Partial<DiplomaFacts>[]): Promise<Shown>;
  revoke(shown: Shown, reasonClass: string): Promise<void>;
  erase(shown: Shown): Promise<void>;
  close(): Promise<void>;
}

export async function openSite(): Promise<PublicSite> {
  const database = await testDatabase();
  const db = database.knex;
  const templates = await loadTemplates(resolve('templates'));
  const pictures = createPictures(templates);
  const server = createServer((req, res) => app(req, res));
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [first] = templates;
  const look = { faces: first ? pageFaces(first) : [], logo: null };
  const { app } = appOver(db, { publicUrl: url, pictures, school: { ...SCHOOL, look } });

  const draw = async (facts: DiplomaFacts): Promise<Buffer> => {
    const bundle = templates.find((one) => one.id === facts.templateId) ?? templates[0];
    if (bundle === undefined) throw new Error('there is no template');
    return drawDiploma(facts, new PreparedTemplate(bundle), null);
  };
  return {
    url,
    db,
    async issue(changes, ...versions) {
      const first = factsOf(changes);
      first.lookupUrl = `${url}/c/${first.code}`;
      const { id, code } = { id: first.certificateId, code: first.code };
      await seedCertificate(db, first, false);
      const all = [first, ...versions.map((more, index) => ({ ...first, ...more, version: index + 2 }))];
      const files = await Promise.all(all.map(draw));
      for (const [index, facts] of all.entries()) {
        const bytes = files[index] ?? Buffer.alloc(0);
        if (index > 0) await seedVersion(db, { id, facts, bytes });
        else await storeDiploma(db, { certificateId: id, version: 1, bytes });
      }
      return { id, code, facts: all.at(-1) ?? first, files };
    },
    async revoke({ id, facts }, reasonClass) {
      await db('validity_act').insert({
        id: randomUUID(),
        certificate_id: id,
        version: facts.version,
        kind: 'revoke',
        reason_class: reasonClass,
        reason: 'fictional',
        actor: 'test',
        acted_at: new Date('2026-11-21T10:00:00Z'),
      });
    },
    erase: ({ id }) => erase(db, id),
    async close() {
      await pictures.close();
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
      await database.drop();
    },
  };
}
