import { startEmbeddedPostgres } from '../../../src/embedded-postgres/start.ts';

/** Starts a cluster, prints its address and whether it was adopted, and keeps it until killed or told to stop. */
const [dataDir = '', kind] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir, ephemeral: kind === 'ephemeral' });
process.stdout.write(`${JSON.stringify({ url: server.url, adopted: server.adopted, uid: process.getuid?.() })}\n`);
process.stdin.once('data', () => void server.stop().then(() => process.exit(0)));
