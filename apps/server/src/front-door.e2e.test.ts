import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSessions, type ProjectDatabase } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';
import { runAshlar, startServer, testCertificate, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe('with a certificate', () => {
  let folder: string;
  let files: { readonly cert: string; readonly key: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ashlar-tls-'));
    files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    await writeFile(files.cert, testCertificate.cert);
    await writeFile(files.key, testCertificate.key);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the server speaks HTTPS alone, and its commands say so', async () => {
    await using server = await startServer({ args: ['start', '--tls-cert', files.cert, '--tls-key', files.key] });
    expect(server.url).toMatch(/^https:/);
    await server.sql(`create table notes (body text); insert into notes values ('sealed')`);
    const asked = `${server.url}/rest/v1/notes?select=body`;
    expect(await askSecurely(asked, server.anonKey)).toEqual({ status: 200, body: [{ body: 'sealed' }] });
    await expect(fetch(asked.replace('https:', 'http:'))).rejects.toThrow();
    const { stdout } = await server.ashlar('status', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ apiUrl: server.url });
  });

  test('a file that is not there, or only one of the two, is one sentence', async () => {
    const absent = join(folder, 'absent.pem');
    const environment = { ASHLAR_DATA: folder, ASHLAR_PORT: '0', ASHLAR_DB_PORT: '0' };
    const half = await runAshlar(['start', '--tls-cert', files.cert], environment);
    expect(half).toMatchObject({ code: 2, stderr: expect.stringContaining('tls-key') });
    const missing = await runAshlar(['start', '--tls-cert', absent, '--tls-key', files.key], environment);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining(absent) });
    expect(missing.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a request', () => {
  const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

  test('keeps its trace through session, event and log line, in REST and in accounts', async () => {
    await using server = await startServer();
    await server.sql(`
      create function note() returns uuid language sql as $$ select events.emit('app.note.made', null, '{}') $$;
      create function greet() returns trigger language plpgsql security definer as $$
        begin perform events.emit('app.user.greeted', new.id::text, '{}'); return new; end $$;
      create trigger greet after insert on auth.users for each row execute function public.greet()`);
    const headers = { apikey: server.anonKey, 'content-type': 'application/json' };
    const post = (path: string, more: Record<string, string>, body: unknown): Promise<Response> =>
      fetch(server.url + path, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
    const given = await post('/rest/v1/rpc/note', { traceparent }, {});
    const begun = await post('/rest/v1/rpc/note', { traceparent: 'nonsense' }, {});
    const account = { email: 'ada@example.org', password: 'correct horse battery' };
    const signedUp = await post('/auth/v1/signup', { traceparent }, account);
    expect([given.status, begun.status, signedUp.status]).toEqual([200, 200, 200]);

    const events = await readEvents(server);
    const { stdout } = await server.end('SIGTERM');
    const ids = new Map([given, begun, signedUp].map((answer) => [answer.headers.get('sb-request-id'), answer]));
    const logged = stdout
      .split('\n')
      .filter((line) => line.includes('"request.answered"'))
      .map((line): { requestId: string; traceId: string } => JSON.parse(line))
      .filter(({ requestId }) => ids.has(requestId))
      .map(({ traceId }) => traceId);
    expect(events.map(({ type }) => type)).toEqual(['app.note.made', 'app.note.made', 'app.user.greeted']);
    expect(logged).toEqual(events.map(({ traceparent: stored }) => stored.split('-')[1]));
    expect(logged).toEqual([TRACE_ID, expect.not.stringMatching(TRACE_ID), TRACE_ID]);
  });
});

test('a rate somebody asked for holds for this machine too, and is told in the words of the service', async () => {
  await using server = await startServer({ environment: { ASHLAR_RATE_LIMIT_PER_ADDRESS: '1' } });
  const ask = (path: string): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers: { apikey: server.anonKey } });
  // Ten at once, and one for every second the others take: on a busy machine that may be many.
  const refusedOf = async (path: string): Promise<readonly Response[]> =>
    (await Promise.all(Array.from({ length: 60 }, () => ask(path)))).filter(({ status }) => status === 429);
  const refused = await refusedOf('/rest/v1/');
  expect(refused.length).toBeGreaterThanOrEqual(3);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await refused[0]?.json()).toMatchObject({ message: 'Request rate limit reached' });
  expect(await refusedOf('/auth/v1/health')).not.toEqual([]);
});

/** `fetch` takes no certificate to trust. */
function askSecurely(url: string, apikey: string): Promise<{ readonly status: number; readonly body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { apikey }, ca: testCertificate.cert }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on('error', reject).end();
  });
}

type StoredEvent = { readonly type: string; readonly traceparent: string };

/** As the platform: nobody else may read the log as a whole. */
async function readEvents({ dataDir, dbUrl }: RunningServer): Promise<StoredEvent[]> {
  const { platformPassword } = JSON.parse(await readFile(join(dataDir, 'keys', 'instance.json'), 'utf8'));
  const { hostname, port, pathname } = new URL(dbUrl);
  const platform = { user: 'ashlar_platform', password: platformPassword };
  const sessions = createSessions({ observe: ignoreObservations });
  const database: ProjectDatabase = sessions.project({
    ref: 'default',
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    logins: { authenticator: platform, platform, owner: platform },
  });
  try {
    const { rows } = await database.transaction({ login: 'platform', role: 'events_owner', readOnly: true }, (tx) =>
      tx.query<StoredEvent>('select type, traceparent from events.log order by time'),
    );
    return rows;
  } finally {
    await sessions.close();
  }
}
