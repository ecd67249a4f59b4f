import type { NewEvent } from '@ashlar/kernel';
import { must } from '@ashlar/kernel';
import type { Transaction } from '../session/call.ts';

/**
 * Writes an event into the log as part of the transaction: it is delivered if that commits, and never otherwise.
 * `app.*` is open to every role; another type to the role its name begins with.
 *
 * @returns The event's id.
 * @throws {DatabaseError} 42501 when the transaction's role may not emit this type, 54000 when the event is too
 *   large, 22023 when it is malformed.
 */
export async function emitEvent(tx: Transaction, event: NewEvent): Promise<string> {
  const { type, subject, data, dataschema, aggregateversion, causationid, correlationid } = event;
  const envelope = { dataschema, aggregateversion, causationid, correlationid };
  const { rows } = await tx.query<{ id: string }>('select events.emit($1, $2, $3, $4) as id', [
    type,
    subject,
    JSON.stringify(data),
    // Members that are undefined are left out.
    JSON.stringify(envelope),
  ]);
  return must(rows[0], 'the id of an event').id;
}
