import type { OutgoingMessage } from '../application/outgoing-message.ts';
import type { TakeOutbox } from '../application/outbox-courier.ts';

const BATCH = 100;
const STATEMENT_TIMEOUT_MS = 10_000;

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly message: OutgoingMessage;
  readonly created_at: Date;
}

/** The rows stay locked until they are passed on and removed; whoever else looks meanwhile skips them. */
export const takePostgresOutbox: TakeOutbox = ({ database }, pass) =>
  database.transaction({ login: 'service', role: 'identity', statementTimeoutMs: STATEMENT_TIMEOUT_MS }, async (tx) => {
    const { rows } = await tx.query<Row>(
      `select id::text, message, created_at from auth.outbox order by id limit ${BATCH} for update skip locked`,
    );
    if (rows.length === 0) return 0;
    await pass(rows.map(({ id, message, created_at: createdAt }) => ({ id, message, createdAt })));
    await tx.query('delete from auth.outbox where id = any($1::bigint[])', [rows.map(({ id }) => id)]);
    return rows.length;
  });
