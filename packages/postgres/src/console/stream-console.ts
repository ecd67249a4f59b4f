import { must } from '@ashlar/kernel';
import type { Client } from 'pg';
import { READER_ROLE } from '../cluster/roles.ts';
import type { LocalSettings } from '../session/call.ts';
import type { DatabaseTarget } from '../session/target.ts';
import { cancelBackend } from '../session/wire/cancel-backend.ts';
import { connectConsole } from './connect-console.ts';
import { ConsoleStatement } from './console-statement.ts';

export interface ConsoleStream {
  /** One statement that reads. */
  readonly statement: string;
  readonly settings: LocalSettings;
  /** For all of it together, the reader's pauses included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ConsoleRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Some rows at a time, in the text format of the server. */
  readonly pages: AsyncIterable<readonly (readonly (string | null)[])[]>;
}

const PAGE_ROWS = 500;
const NO_ROWS = { maxRows: 1, maxBytes: 1_000_000 };

/**
 * Reads a result of any size as the login that only reads, from one snapshot and with some rows in memory. The
 * connection is closed when the pages end, or when nobody reads them on.
 *
 * @throws {DatabaseError} What the server refused, at once or at a later page; {AshlarError} `postgres.unavailable`.
 */
export async function streamConsole(target: DatabaseTarget, script: ConsoleStream): Promise<ConsoleRows> {
  script.signal.throwIfAborted();
  const client = await connectConsole(target, must(target.console?.get(READER_ROLE), 'the console login'));
  const end = endWith(target, client, script);
  try {
    await client.query('BEGIN READ ONLY');
    const settings = [
      ...script.settings,
      ['statement_timeout', `${script.timeoutMs}ms`],
      ['role', READER_ROLE],
    ] as const;
    for (const [name, value] of settings) {
      await client.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
    }
    // The extended protocol refuses a second statement behind the first.
    const declared = new ConsoleStatement(`declare read_on no scroll cursor for ${script.statement}`, NO_ROWS);
    await client.query(declared).outcome;
    const first = await fetchPage(client, 0);
    return { columns: await namesOf(client, first.fields), pages: pagesOf(client, end) };
  } catch (error) {
    await end();
    throw error;
  }
}

async function* pagesOf(
  client: Client,
  end: () => Promise<void>,
): AsyncGenerator<readonly (readonly (string | null)[])[]> {
  try {
    for (;;) {
      const { rows } = await fetchPage(client, PAGE_ROWS);
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE_ROWS) return;
    }
  } finally {
    await end();
  }
}

type Field = { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number };

async function fetchPage(
  client: Client,
  count: number,
): Promise<{ readonly rows: readonly (readonly (string | null)[])[]; readonly fields: readonly Field[] }> {
  return client.query({
    text: `fetch forward ${count} from read_on`,
    rowMode: 'array',
    // The server's own texts, whatever the type.
    types: { getTypeParser: () => (text: string) => text },
  });
}

async function namesOf(client: Client, fields: readonly Field[]): Promise<ConsoleRows['columns']> {
  const { rows } = await client.query<{ name: string }>(
    `select pg_catalog.format_type(t.oid, t.modifier) as name
     from unnest($1::pg_catalog.oid[], $2::pg_catalog.int4[]) with ordinality as t (oid, modifier, n) order by n`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)],
  );
  return fields.map(({ name }, at) => ({ name, type: rows[at]?.name ?? '' }));
}

/** Ends the connection at the deadline, at an abort, or when asked to; what ran there is undone by that. */
function endWith(target: DatabaseTarget, client: Client, { timeoutMs, signal }: ConsoleStream): () => Promise<void> {
  const { processID: processId, secretKey } = client as unknown as {
    readonly processID: number;
    readonly secretKey: number;
  };
  const cut = (): void => {
    void cancelBackend(target, { processId, secretKey }).finally(() => client.connection.stream.destroy());
  };
  const deadline = setTimeout(cut, timeoutMs);
  signal.addEventListener('abort', cut, { once: true });
  return async () => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', cut);
    await client.end().catch(() => undefined);
  };
}
