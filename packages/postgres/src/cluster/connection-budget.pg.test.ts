import { startTestCluster, type TestCluster } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessions, DEFAULT_SESSION_BOUNDS, type Sessions } from '../session/sessions.ts';
import type { Call, ProjectDatabase } from '../session/call.ts';
import { withAdmin } from './admin-connection.ts';
import { loginNames } from './roles.ts';

const PROJECTS = 50;
const ACTIVE = 5;
/** Requests at once in every active project: more than its connections can carry. */
const CALLERS = 40;
const LISTENERS = ACTIVE;
const SHARED = ACTIVE * DEFAULT_SESSION_BOUNDS.sharedConnections;
const BUDGET = SHARED + DEFAULT_SESSION_BOUNDS.ownConnections + LISTENERS;

let server: TestCluster;
let sessions: Sessions;

beforeAll(async () => {
  server = await startTestCluster();
  sessions = createSessions({ observe: ignoreObservations });
});
afterAll(async () => {
  await sessions.close();
  await server.close();
});

test('50 projects, 5 of them busy, stay within the budget, and the quiet ones hold no connection', async () => {
  const { cluster } = server;
  const databases: ProjectDatabase[] = [];
  for (let index = 0; index < PROJECTS; index += 1) {
    const ref = `p${index}`;
    const names = loginNames(ref);
    const target = await cluster.ensureProject(ref, {
      authenticator: { user: names.authenticator, password: 'a' },
      owner: { user: names.owner, password: 'o' },
    });
    databases.push(sessions.project(target));
  }
  const active = databases.slice(0, ACTIVE);
  await Promise.all(active.map((database) => database.listen('anything', () => undefined)));

  const busy = active.flatMap((database) =>
    Array.from({ length: CALLERS }, (_, caller) =>
      database.call(caller % 8 === 0 ? SERVICE_CALL : call(caller % 4 === 0 ? 'own' : 'shared')),
    ),
  );
  const seen: number[] = [];
  const answered = new AbortController();
  const watching = watchConnections(server, seen, answered.signal);
  const answers = await Promise.all(busy);
  answered.abort();
  await watching;

  expect(new Set(answers.map((answer) => answer.rows[0]?.[0]))).toEqual(new Set(['anon', 'identity']));
  expect(seen.length).toBeGreaterThan(0);
  expect(Math.max(...seen)).toBeLessThanOrEqual(BUDGET);
  expect(await busyDatabases(server)).toBeLessThanOrEqual(ACTIVE);
}, 60_000);

function call(connection: Call['connection']): Call {
  return {
    login: 'authenticator',
    role: 'anon',
    settings: [],
    readOnly: true,
    statement: { text: 'SELECT current_user, pg_sleep(0.02)', values: [] },
    connection,
  };
}

/** Services' logins live off the same connections. */
const SERVICE_CALL: Call = { ...call('own'), login: 'service', role: 'identity' };

/** Counts the projects' connections again and again, through one connection of its own. */
function watchConnections({ cluster }: TestCluster, seen: number[], until: AbortSignal): Promise<void> {
  return withAdmin(cluster.admin('postgres'), async (client) => {
    while (!until.aborted) {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname LIKE 'project%'`,
      );
      seen.push(rows[0]?.count ?? 0);
    }
  });
}

function busyDatabases({ cluster }: TestCluster): Promise<number> {
  return withAdmin(cluster.admin('postgres'), async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(DISTINCT datname)::int AS count FROM pg_stat_activity WHERE datname LIKE 'project%'`,
    );
    return rows[0]?.count ?? 0;
  });
}
