import { randomUUID } from 'node:crypto';
import type { Transaction } from '@ashlar/postgres';
import type { Caller } from '@ashlar/service';
import { type Authorizer, type Grants, NO_GRANTS, type Rights } from './authorizer.ts';

/** One policy that takes longer is taken for a refusal, so that it cannot hold the others up. */
const STATEMENT_TIMEOUT_MS = 1_000;

const PROBE = `
  insert into realtime.messages (id, topic, extension, private)
  values ($1, $3, 'broadcast', true), ($2, $3, 'presence', true)`;
const READ = 'select id from realtime.messages where topic = $3 and id in ($1, $2)';
const WRITE = 'insert into realtime.messages (id, topic, extension, private) values (gen_random_uuid(), $1, $2, true)';
const BECOME = `
  select set_config('realtime.topic', $1, true), set_config('request.jwt.claims', $2, true),
         set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claim.role', $4, true),
         set_config('request.headers', '{}', true), set_config('role', $4, true)`;

/**
 * Lets PostgreSQL decide: two rows of the topic are put in, each caller looks for them and tries to add some, and all
 * of it is rolled back. It takes a session that may write past the policies and then become the caller; the project's
 * owner is one, and it wrote the policies.
 */
export const postgresAuthorizer: Authorizer = {
  check({ database }, topic, callers) {
    const options = { login: 'owner', role: 'none', rollback: true, statementTimeoutMs: STATEMENT_TIMEOUT_MS } as const;
    return database.transaction(options, (tx) => checkAll(tx, topic, callers));
  },
};

async function checkAll(tx: Transaction, topic: string, callers: readonly Caller[]): Promise<readonly Grants[]> {
  const probes: readonly [string, string] = [randomUUID(), randomUUID()];
  await tx.query(`select realtime.ensure_partition((now() at time zone 'UTC')::date)`);
  await tx.query(PROBE, [...probes, topic]);
  // Sent together: the database answers one after the other, and nobody waits for the way there and back.
  return Promise.all(callers.map((caller) => checkOne(tx, topic, caller, probes)));
}

async function checkOne(
  tx: Transaction,
  topic: string,
  caller: Caller,
  probes: readonly [string, string],
): Promise<Grants> {
  const [broadcastId, presenceId] = probes;
  const { sub } = caller.claims;
  const identity = [topic, caller.claimsJson, typeof sub === 'string' ? sub : '', caller.role];
  // A policy that raises refuses; the savepoint keeps that from everybody else.
  const attempt = async <Result>(
    sql: string,
    values: readonly unknown[],
    refused: Result,
    read: (ids: string[]) => Result,
  ): Promise<Result> => {
    const steps = [
      tx.query('savepoint caller'),
      tx.query(BECOME, identity),
      tx.query<{ id: string }>(sql, values),
      tx.query('rollback to savepoint caller'),
    ] as const;
    const [, , answer] = await Promise.allSettled(steps);
    // A lost connection refuses the way back too; that is nobody's policy.
    await steps[3];
    return answer.status === 'fulfilled' ? read(answer.value.rows.map(({ id }) => id)) : refused;
  };
  const [read, broadcast, presence] = await Promise.all([
    attempt(READ, [...probes, topic], NO_GRANTS.read, (ids): Rights => ({
      broadcast: ids.includes(broadcastId),
      presence: ids.includes(presenceId),
    })),
    attempt(WRITE, [topic, 'broadcast'], false, () => true),
    attempt(WRITE, [topic, 'presence'], false, () => true),
  ]);
  return { read, write: { broadcast, presence } };
}
