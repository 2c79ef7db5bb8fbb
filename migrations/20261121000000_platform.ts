import type { Knex } from 'knex';

/** Rate and concurrency of outside services, shared by all workers; see src/platform/gate.ts. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('gate_rate', (table) => {
    table.text('name').primary();
    table.integer('interval_us').notNullable();
    table.timestamp('next_at', { useTz: true }).notNullable().defaultTo(knex.raw('clock_timestamp()'));
    table.check('interval_us > 0', [], 'gate_rate_interval_positive');
  });
  await knex.schema.createTable('gate_slot', (table) => {
    table.text('name').notNullable();
    table.text('slot_group').notNullable();
    table.integer('slot').notNullable();
    table.uuid('holder');
    table.timestamp('leased_until', { useTz: true }).notNullable().defaultTo('-infinity');
    table.primary(['name', 'slot_group', 'slot']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('gate_slot');
  await knex.schema.dropTable('gate_rate');
}
