import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runAshlar, startServer, startTestCluster, type RunningServer } from '@ashlar/testing';
import { createSessions } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';
import { expect, test } from 'vitest';

/** Nobody waits longer than this to hear that the database is away. */
const ANSWERED_WITHIN_MS = 4_000;
const BACK_WITHIN_MS = 15_000;

interface Seen {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: unknown;
  readonly tookMs: number;
}

test('while PostgreSQL is away both services say so in their own words, soon, and serve again after it', async () => {
  await using server = await startServer();
  await server.sql('create table kept (id int primary key); insert into kept values (1)');
  const account = JSON.stringify({ email: 'ada@example.org', password: 'correct horse battery' });
  const asks = {
    rest: () => ask(server, '/rest/v1/kept?select=id'),
    auth: () => ask(server, '/auth/v1/token?grant_type=password', account),
  };
  await ask(server, '/auth/v1/signup', account);
  expect([(await asks.rest()).status, (await asks.auth()).status]).toEqual([200, 200]);

  const [postmaster = ''] = (await readFile(join(server.dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(postmaster), 'SIGKILL');
  const [rest, auth] = await Promise.all([untilBack(asks.rest), untilBack(asks.auth)]);

  for (const { status, retryAfter, tookMs } of [...rest, ...auth]) {
    expect([200, 503]).toContain(status);
    expect(retryAfter).toBe(status === 503 ? '1' : null);
    expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
  }
  expect(away(rest).length).toBeGreaterThan(0);
  expect(away(auth).length).toBeGreaterThan(0);
  for (const body of away(rest)) expect(body).toMatchObject({ code: expect.stringMatching(/^PGRST00[01]$/) });
  for (const body of away(auth)) expect(body).toMatchObject({ code: 503, msg: expect.any(String) });
});

test('a DATABASE_URL whose login lacks a right is one sentence with the statement that gives it', async () => {
  await using foreign = await startTestCluster();
  const { host, port, user, password } = foreign.cluster.admin('postgres');
  const login = { user, password };
  const sessions = createSessions({ observe: ignoreObservations });
  const logins = { authenticator: login, platform: login, owner: login };
  const administration = sessions.project({ ref: 'administration', host, port, database: 'postgres', logins });
  await administration.transaction({ login: 'owner', role: user }, async (tx) => {
    await tx.query(`create role visitor login password 'pw'`);
    await tx.query('grant connect on database postgres to visitor');
  });
  await sessions.close();
  const url = `postgres://visitor:pw@127.0.0.1:${foreign.cluster.port}/postgres`;
  const { code, stderr } = await runAshlar(['start'], { ASHLAR_PORT: '0', DATABASE_URL: url });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^ashlar: The login visitor at .* lacks a right the platform needs: .*\n→ Let an administrator run: .+\n$/,
  );
  expect(stderr).not.toContain('pw@');
});

function away(seen: readonly Seen[]): readonly unknown[] {
  return seen.filter(({ status }) => status === 503).map(({ body }) => body);
}

async function ask(server: RunningServer, path: string, body?: string): Promise<Seen> {
  const startedAt = performance.now();
  const answer = await fetch(server.url + path, {
    headers: { apikey: server.serviceRoleKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    body: await answer.json(),
    tookMs: performance.now() - startedAt,
  };
}

async function untilBack(asking: () => Promise<Seen>): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const deadline = performance.now() + BACK_WITHIN_MS;
  do {
    seen.push(await asking());
    await delay(20);
  } while (performance.now() < deadline && (seen.at(-1)?.status !== 200 || seen.every(({ status }) => status === 200)));
  expect(seen.at(-1)?.status).toBe(200);
  return seen;
}
