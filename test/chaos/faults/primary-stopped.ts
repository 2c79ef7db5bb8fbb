import { duringBatch, sample, type Trial } from './trial.ts';

const DOWN_SECONDS = 60;

/** The database is shut down at once, as by `pg_ctl stop -m immediate`, and started again after a minute. */
export const primaryStopped: Trial = {
  name: 'primary stopped for 60 s',
  lacks: () => null,
  run: () =>
    duringBatch('primary-stopped', {}, async (product, notes) => {
      const { database } = product;
      await database.halt();
      notes.push(`readiness: ${await product.readiness()}`);
      const statuses = await sample(DOWN_SECONDS, async () => {
        const [lookup, health] = [await product.ask('/c/none'), await product.ask('/healthz')];
        return `lookup ${lookup.status}, webhook ${await product.webhook('sg_0002')}, healthz ${health.status}`;
      });
      notes.push(`while down: ${statuses}`);
      await database.resume();
    }),
};
