import express from 'express';
import pg from 'pg';
import { BY_CODES } from '../../src/records/certificates/lookup.ts';

/** Minimal express routes for comparison: `bare.js constant`, `bare.js select`, and `bare.js same` with the product's select. */
const [, , kind] = process.argv;
const app = express();

if (kind === 'constant') {
  app.get('/c/:code', (_req, res) => void res.json({ status: 'valid', number: 'INT-26-0000042' }));
} else {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
  if (kind === 'same') app.get('/c/:code', sameSelect(pool));
  app.get('/c/:code', async (req, res) => {
    const { rows } = await pool.query('select number, issue_date from certificate where code = $1', [req.params.code]);
    res.status(rows.length === 0 ? 404 : 200).json(rows[0] ?? { status: 'unknown' });
  });
}

/** Answers with a few of the facts. */
function sameSelect(pool: pg.Pool): express.RequestHandler {
  const text = BY_CODES[0]?.sql.replace('?', '$1') ?? '';
  return async (req, res) => {
    const { rows } = await pool.query({ name: 'by-code', text, values: [req.params['code']] });
    if (rows.length === 0) {
      res.status(404).json({ status: 'unknown' });
      return;
    }
    const { code, number, issue_date, version, sha256, facts, revoked_at } = rows[0];
    const { holderName, courseTitle, hoursTotal, issuer } = facts;
    const status = revoked_at === null ? 'valid' : 'revoked';
    const found = { status, code, number, holderName, courseTitle, hoursTotal, issue_date, issuer, version, sha256 };
    res.status(revoked_at === null ? 200 : 410).json(found);
  };
}

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
