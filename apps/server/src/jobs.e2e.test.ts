import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: RunningServer;
const received: Received[] = [];
let answers: number[] = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 200).end('thanks');
  });
});
let receiverUrl: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  server = await startServer({ environment: { ASHLAR_OUTBOUND_ALLOW: '127.0.0.1' } });
  await server.sql(`
    create table public.notes (id bigint generated always as identity, note text, made_by text default current_user, claims text default current_setting('request.jwt.claims', true));
    create function public.note(note text, times int default 1) returns setof public.notes language sql
      as $$ insert into public.notes (note) select note from generate_series(1, times) returning * $$;`);
});
afterAll(async () => {
  await server?.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

interface Reply {
  readonly status: number;
  readonly body: Record<string, any>;
}

async function ask(method: string, path: string, body?: unknown, key: string = server.secretKey): Promise<Reply> {
  const response = await fetch(`${server.url}${path.startsWith('/api') ? path : `/scheduler/v1${path}`}`, {
    method,
    headers: { apikey: key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

async function ended(id: string, state = 'succeeded'): Promise<Record<string, any>> {
  return vi.waitFor(
    async () => {
      const { status, body } = await ask('GET', `/jobs/${id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ state });
      return body;
    },
    { timeout: 20_000, interval: 50 },
  );
}

test('a job calls an address, signed, and again when it fails, under one id', async () => {
  answers = [503];
  const { status, body } = await ask('POST', '/jobs', {
    task: 'http',
    payload: { url: receiverUrl, body: { hello: 'world' }, headers: { 'X-Mine': 'yes' } },
    backoffSeconds: 0.1,
    key: 'call-1',
  });
  expect(status).toBe(201);
  const job = await ended(body['id']);
  expect(job).toMatchObject({
    attempts: 2,
    errors: [{ attempt: 1, message: 'The answer was 503' }],
    result: { status: 200, body: 'thanks' },
    key: 'call-1',
  });
  expect(received).toHaveLength(2);
  const secret = (await ask('GET', '/signing-secret')).body['secret'];
  for (const { headers, body: sent } of received) {
    expect(headers).toMatchObject({ 'webhook-id': body['id'], 'x-mine': 'yes', 'content-type': 'application/json' });
    const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
    mac.update([headers['webhook-id'], headers['webhook-timestamp'], sent].join('.'));
    expect(headers['webhook-signature']).toBe(`v1,${mac.digest('base64')}`);
  }
});

test('a job calls a function as the role and with the claims it was given', async () => {
  const { body } = await ask('POST', '/jobs', {
    task: 'sql',
    payload: { function: 'note', arguments: { note: 'by http', times: 2 }, claims: { sub: 'somebody' } },
  });
  const { result } = await ended(body['id']);
  expect(result.rows).toHaveLength(2);
  expect(await server.sql(`select made_by, claims::jsonb ->> 'sub' as sub from notes where note = 'by http'`)).toEqual([
    { made_by: 'service_role', sub: 'somebody' },
    { made_by: 'service_role', sub: 'somebody' },
  ]);
  const escalated = await ask('POST', '/jobs', { task: 'sql', payload: { command: 'select 1', role: 'postgres' } });
  const job = await ended(escalated.body['id'], 'failed');
  expect(job['errors'].at(-1).message).toContain('cannot run as postgres');
  const wrong = await ask('POST', '/jobs', { task: 'sql', payload: { function: 'nope' } });
  expect((await ended(wrong.body['id'], 'failed'))['attempts']).toBe(1);
});

test('what a transaction asks for is there once it commits, and only then', async () => {
  const [row] = await server.sql<{ id: string }>(
    `select jobs.enqueue('sql', '{"function": "note", "arguments": {"note": "from sql"}}', '{"priority": 5}') as id`,
  );
  await server.sql(
    `begin; select jobs.enqueue('sql', '{"function": "note", "arguments": {"note": "undone"}}'); rollback`,
  );
  const [refused] = await server.sql<{ id: string }>(`select jobs.enqueue('http', '{"url": "ftp://x"}') as id`);
  await ended(row?.id ?? '');
  expect((await ended(refused?.id ?? '', 'failed'))['errors'][0].message).toContain('not valid');
  const operations = [
    { op: 'insert', table: 'notes', values: { note: 'with job' }, returning: 'id' },
    {
      op: 'job',
      task: 'sql',
      payload: { function: 'note', arguments: { note: { $ref: '/0/data/0/id' } } },
      options: { key: 'tx' },
    },
  ];
  const transaction = await ask('POST', '/api/v1/rest/transaction', { operations });
  expect(transaction.status).toBe(200);
  await ended(transaction.body['results'][1].data.id);
  expect(await server.sql(`select made_by from notes where note = 'from sql'`)).toEqual([{ made_by: 'postgres' }]);
  expect(await server.sql(`select note from notes where note = 'undone'`)).toEqual([]);
  await expect(server.sql(`select jobs.enqueue('nope')`)).rejects.toMatchObject({ code: '22023' });
  await expect(server.sql(`select jobs.enqueue('sql', '{}', '{"quue": "x"}')`)).rejects.toMatchObject({
    code: '22023',
  });
  const anonymous = await ask('POST', '/api/v1/rest/transaction', { operations: [operations[1]] }, server.anonKey);
  expect(anonymous.status).toBeGreaterThanOrEqual(400);
});

test('jobs wait, are moved, cancelled, repeated and found; strangers see none', { timeout: 180_000 }, async () => {
  const later = { task: 'sql', payload: { command: 'select pg_sleep(30)' }, delaySeconds: 3_600, queue: 'slow' };
  const { body: made } = await ask('POST', '/jobs', { ...later, key: 'one' });
  expect((await ask('POST', '/jobs', { ...later, key: 'one' })).body).toEqual({ id: made['id'], added: false });
  expect((await ask('GET', '/jobs?queue=slow&state=scheduled')).body['jobs']).toMatchObject([{ id: made['id'] }]);
  expect((await ask('PUT', '/queues/slow', { paused: true, concurrency: 1 })).body).toMatchObject({
    paused: true,
    scheduled: 1,
  });
  expect((await ask('PATCH', `/jobs/${made['id']}`, { runAt: new Date().toISOString() })).body['state']).toBe(
    'waiting',
  );
  expect((await ask('POST', `/jobs/${made['id']}/cancel`)).body['state']).toBe('cancelled');
  expect((await ask('POST', `/jobs/${made['id']}/retry`)).body['state']).toBe('waiting');
  expect((await ask('PUT', '/queues/slow', { paused: false })).body).toMatchObject({ paused: false, concurrency: 1 });
  await ended(made['id'], 'running');
  await ask('POST', `/jobs/${made['id']}/cancel`);
  await ended(made['id'], 'cancelled');
  await vi.waitFor(
    async () =>
      expect(
        await server.superuserSql(
          `select from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid()`,
        ),
      ).toEqual([]),
    { timeout: 30_000 },
  );
  const [owners] = await server.sql<{ id: string }>(
    `select jobs.enqueue('sql', '{"command": "select pg_sleep(31)"}') as id`,
  );
  await ended(owners?.id ?? '', 'running');
  await ask('POST', `/jobs/${owners?.id}/cancel`);
  await ended(owners?.id ?? '', 'cancelled');
  await vi.waitFor(
    async () =>
      expect(
        await server.superuserSql(
          `select from pg_stat_activity where query like '%pg_sleep(31)%' and state = 'active' and pid <> pg_backend_pid()`,
        ),
      ).toEqual([]),
    { timeout: 30_000 },
  );
  for (const payload of [{ command: 'x\0' }, { function: 'note', arguments: { note: '\ud83d' } }]) {
    expect((await ask('POST', '/jobs', { task: 'sql', payload })).status).toBe(422);
  }
  const page = await ask('GET', '/jobs?limit=2');
  expect(page.body['jobs']).toHaveLength(2);
  expect((await ask('GET', `/jobs?limit=2&cursor=${page.body['cursor']}`)).body['jobs'][0].id).not.toBe(
    page.body['jobs'][0].id,
  );

  expect((await ask('GET', '/jobs', undefined, server.anonKey)).status).toBe(403);
  expect((await server.ashlar('project', 'create', 'other')).code).toBe(0);
  const { keys } = JSON.parse(await readFile(join(server.dataDir, 'keys', 'other.json'), 'utf8'));
  const other = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`${server.url}/p/other/scheduler/v1${path}`, { method, headers: { apikey: keys.secretKeys[0] } });
  expect(await (await other('/jobs')).json()).toEqual({ jobs: [], cursor: null });
  expect(await (await other('/queues')).json()).toEqual({ queues: [] });
  for (const [path, method] of [
    ['', 'GET'],
    ['/cancel', 'POST'],
    ['/retry', 'POST'],
  ] as const) {
    expect((await other(`/jobs/${made['id']}${path}`, method)).status).toBe(404);
  }

  const listed = await server.ashlar('jobs', 'list', '--queue', 'slow', '-o', 'json');
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: made['id'], state: 'cancelled' }]);
  expect(JSON.parse((await server.ashlar('jobs', 'show', made['id'])).stdout)).toMatchObject({ steps: [] });
  expect((await server.ashlar('jobs', 'retry', made['id'])).stdout).toContain('waiting');
  await ended(made['id'], 'running');
  expect((await server.ashlar('jobs', 'cancel', made['id'])).stdout).toContain('told to stop');
  await ended(made['id'], 'cancelled');
});

test('cron.schedule runs a command as its owner, and tells of it', async () => {
  const [row] = await server.sql<{ id: string }>(
    `select cron.schedule('tick', '1 second', $$insert into notes (note) values ('tick')$$) as id`,
  );
  await vi.waitFor(
    async () =>
      expect(
        await server.sql(
          `select status, return_message from cron.job_run_details where jobid = ${row?.id} and status = 'succeeded'`,
        ),
      ).toContainEqual({ status: 'succeeded', return_message: 'INSERT 1' }),
    { timeout: 20_000 },
  );
  expect((await server.sql(`select made_by from notes where note = 'tick'`))[0]).toEqual({ made_by: 'postgres' });
  expect(await server.sql('select jobname, schedule, active from cron.job')).toEqual([
    { jobname: 'tick', schedule: '1 second', active: true },
  ]);
  expect((await ask('GET', '/schedules/tick')).body).toMatchObject({ role: 'postgres', missed: 'once' });
  await server.sql(`select cron.alter_job(${row?.id}, active => false)`);
  expect((await ask('GET', '/schedules/tick')).body).toMatchObject({ active: false, role: 'postgres' });
  await server.sql(`select cron.unschedule('tick')`);
  expect((await ask('GET', '/schedules/tick')).status).toBe(404);
  for (const nonsense of [
    '61 * * * *',
    '* * * *',
    'x',
    '*/0 * * * *',
    '5-1 * * * *',
    '* * 32 * *',
    '60 seconds',
    '@never',
    '* * * * * *',
  ]) {
    await expect(server.sql(`select cron.schedule('bad', $1, 'select 1')`, [nonsense])).rejects.toMatchObject({
      code: '22023',
    });
    expect(
      (await ask('PUT', '/schedules/bad', { schedule: nonsense, task: 'sql', payload: { command: 'select 1' } }))
        .status,
    ).toBe(422);
  }
});

test('a command keeps the rights of who wrote it, whoever changes when it runs', async () => {
  const command = `insert into notes (note) values ('as whom')`;
  const made = await ask('PUT', '/schedules/theirs', { schedule: '@yearly', task: 'sql', payload: { command } });
  expect(made.body).toMatchObject({ role: 'service_role' });
  const [row] = await server.sql<{ id: string }>(`select jobid as id from cron.job where jobname = 'theirs'`);
  await expect(server.sql(`select cron.alter_job(${row?.id}, schedule => '1 second')`)).rejects.toMatchObject({
    code: '42501',
  });
  expect((await ask('GET', '/schedules/theirs')).body).toMatchObject({ role: 'service_role', schedule: '@yearly' });
  await server.sql(`select cron.alter_job(${row?.id}, active => false)`);
  await server.sql(`select cron.alter_job(${row?.id}, schedule => '@daily', command => 'select 1')`);
  expect((await ask('GET', '/schedules/theirs')).body).toMatchObject({
    role: 'postgres',
    schedule: '@daily',
    payload: { command: 'select 1' },
    active: false,
  });
  await server.sql(`select cron.unschedule('theirs')`);
});

test('a time PostgreSQL does not know is refused, and keeps nobody waiting', async () => {
  for (const runAt of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-10:00']) {
    const payload = { command: 'select 1' };
    expect((await ask('POST', '/jobs', { task: 'sql', payload, runAt })).status).toBe(422);
    const asked = `select jobs.enqueue('sql', '{"command": "select 1"}', jsonb_build_object('runAt', $1::text)) as id`;
    const [bad] = await server.sql<{ id: string }>(asked, [runAt]);
    const [good] = await server.sql<{ id: string }>(asked, ['2020-01-01T00:00:00+20:00']);
    await ended(bad?.id ?? '', 'failed');
    await ended(good?.id ?? '');
  }
});

test('schedules are made, changed, run at once and removed over HTTP', async () => {
  const nightly = {
    schedule: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    task: 'sql',
    payload: { function: 'note', arguments: { note: 'nightly' } },
  };
  expect((await ask('PUT', '/schedules/nightly', nightly)).body).toMatchObject({
    name: 'nightly',
    nextAt: expect.any(String),
  });
  expect((await ask('PUT', '/schedules/nightly', { ...nightly, timeZone: 'Mars/Base' })).body['code']).toBe(
    'scheduler.time_zone_unknown',
  );
  expect((await ask('PUT', '/schedules/nightly', { ...nightly, schedule: '*/15 * * * *' })).body['schedule']).toBe(
    '*/15 * * * *',
  );
  const { body } = await ask('POST', '/schedules/nightly/run');
  await ended(body['id']);
  expect((await ask('GET', '/jobs?schedule=nightly')).body['jobs']).toHaveLength(1);
  expect((await ask('PATCH', '/schedules/nightly', { active: false })).body).toMatchObject({
    active: false,
    nextAt: null,
  });
  expect((await ask('GET', '/schedules')).body['schedules']).toHaveLength(1);
  expect((await ask('DELETE', '/schedules/nightly')).status).toBe(204);
  expect((await ask('DELETE', '/schedules/nightly')).status).toBe(404);
});
