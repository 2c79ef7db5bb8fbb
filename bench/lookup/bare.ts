import express from 'express';
import pg from 'pg';

/** Minimal express routes for comparison: `bare.js constant` and `bare.js select`. */
const [, , kind] = process.argv;
const app = express();

if (kind === 'constant') {
  app.get('/c/:code', (_req, res) => void res.json({ status: 'valid', number: 'INT-26-0000042' }));
} else {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
  app.get('/c/:code', async (req, res) => {
    const { rows } = await pool.query('select number, issue_date from certificate where code = $1', [req.params.code]);
    res.status(rows.length === 0 ? 404 : 200).json(rows[0] ?? { status: 'unknown' });
  });
}

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
