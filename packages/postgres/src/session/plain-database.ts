import { Client, type ClientConfig } from 'pg';
import type { Call, ProjectDatabase, StatementResult, Transaction } from './call.ts';
import type { DatabaseTarget } from './target.ts';

/** First form of a project's database: one connection per call. */
export function createPlainDatabase(target: DatabaseTarget): ProjectDatabase {
  const connect = async (login: Call['login']): Promise<Client> => {
    const config: ClientConfig = {
      host: target.host,
      port: target.port,
      database: target.database,
      ...target.logins[login],
    };
    const client = new Client(config);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const begin = async (
    client: Client,
    call: Pick<Call, 'role' | 'settings' | 'readOnly' | 'statementTimeoutMs' | 'isolation'>,
  ) => {
    await client.query(
      `begin isolation level ${call.isolation ?? 'read committed'}${call.readOnly ? ' read only' : ''}`,
    );
    const settings = [
      ...call.settings,
      ['statement_timeout', String(call.statementTimeoutMs ?? 0)],
      ['role', call.role],
    ];
    for (const [name, value] of settings) await client.query('select set_config($1, $2, true)', [name, value]);
  };
  const run = async (call: Omit<Call, 'connection'>): Promise<StatementResult> => {
    const client = await connect(call.login);
    try {
      await begin(client, call);
      if (call.before !== undefined) await client.query(call.before.text, [...call.before.values]);
      const result = await client.query<(string | null)[]>({
        text: call.statement.text,
        values: [...call.statement.values],
        rowMode: 'array',
        types: { getTypeParser: (() => (text: string) => text) as never },
      });
      await client.query(call.rollback === true ? 'rollback' : 'commit');
      const fields = result.fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
      return { fields, rows: result.rows, command: result.command, rowCount: result.rowCount ?? 0 };
    } finally {
      await client.end();
    }
  };
  return {
    ref: target.ref,
    database: target.database,
    call: run,
    async *stream(call) {
      yield* (await run(call)).rows;
    },
    async transaction(options, body) {
      const client = await connect(options.login);
      try {
        const { settings = [], readOnly = false } = options;
        await begin(client, { ...options, settings, readOnly });
        const tx: Transaction = {
          async query(text, values) {
            const result = await client.query(text, values === undefined ? undefined : [...values]);
            return { rows: result.rows, rowCount: result.rowCount ?? 0 };
          },
        };
        const result = await body(tx);
        await client.query('commit');
        return result;
      } finally {
        await client.end();
      }
    },
    async listen(channel, onNotification) {
      const client = await connect('authenticator');
      client.on('notification', (message) =>
        onNotification({ channel: message.channel, payload: message.payload ?? '' }),
      );
      await client.query(`listen "${channel}"`);
      return { stop: () => client.end() };
    },
    idle: async () => undefined,
  };
}
