import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeInstanceFolder, runAshlar, startServer, type RunningServer } from '@ashlar/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let dataDir: string;

beforeEach(async () => {
  dataDir = await makeInstanceFolder();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Command lines of processes that name the folder: the server's PostgreSQL and its watchdog among them. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(folder));
}

async function eventually<Value>(read: () => Promise<Value> | Value, wanted: Value, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  let found = await read();
  while (found !== wanted && performance.now() < deadline) {
    await delay(50);
    found = await read();
  }
  expect(found).toBe(wanted);
}

const statusOf = (url: string): Promise<number> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(({ status }) => status);

async function postmasterPid(): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

function restRequest(server: RunningServer): Promise<Response> {
  return fetch(`${server.url}/rest/v1/kept?select=id`, { headers: { apikey: server.serviceRoleKey } });
}

// Starting takes most of the time, and that is not what is measured here.
describe('stopping', { timeout: 90_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends everything cleanly within 5 s', async (signal) => {
    const server = await startServer({ dataDir });
    expect(processesOf(dataDir).length).toBeGreaterThan(0);
    const startedAt = performance.now();
    const { code } = await server.end(signal);
    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await eventually(() => processesOf(dataDir).join('\n'), '');
  });

  test('an open connection and a running query do not hold it up', async () => {
    const server = await startServer({ dataDir });
    const query = server.sql('select pg_sleep(60)').catch(() => 'cut off');
    const idle = await fetch(`${server.url}/health`, { headers: { connection: 'keep-alive' } });
    expect(idle.status).toBe(200);
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await query).toBe('cut off');
  });

  test('ashlar stop ends it, and says so when there is nothing to stop', async () => {
    const server = await startServer({ dataDir });
    expect(await server.ashlar('stop')).toMatchObject({ code: 0, stdout: `Stopped process ${server.pid}.\n` });
    expect((await server.ended).code).toBe(0);
    const again = await server.ashlar('stop');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`Ashlar is not running on ${dataDir}`);
  });

  test('under npm it ends with the shell npm started it by, which a SIGTERM to npm kills silently', async () => {
    const { PATH = '' } = process.env;
    const environment = {
      PATH,
      ASHLAR_DATA: dataDir,
      ASHLAR_PORT: '0',
      ASHLAR_DB_PORT: '0',
      npm_lifecycle_event: 'start',
    };
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    // The command after it keeps the shell from becoming the server itself.
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${main}" start; true`], {
      env: environment,
      stdio: 'ignore',
    });
    await eventually(() => existsSync(join(dataDir, 'run', 'server.json')), true);
    shell.kill('SIGKILL');
    await eventually(() => processesOf(dataDir).join('\n'), '');
    // The process itself has no argument by which it is found, and goes last.
    await eventually(() => existsSync(join(dataDir, 'run', 'server.json')), false);
  });

  test('a signal while it is starting for the first time ends it as well', async () => {
    await rm(dataDir, { recursive: true });
    dataDir = await mkdtemp(join(tmpdir(), 'ashlar-life-'));
    const ended = runAshlar(['start', '--port', '0', '--db-port', '0'], { ASHLAR_DATA: dataDir });
    await eventually(() => processesOf(join(dataDir, 'postgres')).length > 0, true);
    const pid = JSON.parse(await readFile(join(dataDir, 'run', 'instance.lock'), 'utf8')).pid;
    process.kill(pid, 'SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
    await eventually(() => processesOf(dataDir).join('\n'), '');
  });
});

describe('starting again', () => {
  test('keys, rows and ports are as they were', async () => {
    const first = await startServer({ dataDir });
    await first.sql('create table kept (id int primary key); insert into kept values (1)');
    await first.stop();
    const second = await startServer({ dataDir });
    expect(second).toMatchObject({ anonKey: first.anonKey, secretKey: first.secretKey });
    expect(await second.sql('select id from kept')).toEqual([{ id: 1 }]);
    await second.stop();
  });

  test('after kill -9 of the server nothing runs on, nothing is lost and nothing needs a hand', async () => {
    const first = await startServer({ dataDir });
    await first.sql('create table kept (id int primary key); insert into kept values (1)');
    const killed = await first.end('SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    const second = await startServer({ dataDir });
    expect(second.readyInMs).toBeLessThan(15_000);
    expect(await second.sql('select id from kept')).toEqual([{ id: 1 }]);
    await second.end('SIGKILL');
    await eventually(() => processesOf(dataDir).join('\n'), '');
  });

  test('after kill -9 of PostgreSQL the process stays, answers 503 meanwhile and recovers by itself', async () => {
    const server = await startServer({ dataDir });
    await server.sql('create table kept (id int primary key); insert into kept values (1)');
    await eventually(async () => (await restRequest(server)).status, 200);
    process.kill(await postmasterPid(), 'SIGKILL');
    const statuses = new Set<number>();
    await eventually(async () => {
      const answer = await restRequest(server);
      statuses.add(answer.status);
      if (answer.status === 503) expect(await answer.json()).toMatchObject({ message: expect.any(String) });
      return answer.status === 200 && (await statusOf(`${server.url}/ready`)) === 200;
    }, true);
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(await (await restRequest(server)).json()).toEqual([{ id: 1 }]);
    await server.stop();
  });
});

describe('what stands in the way is one sentence', () => {
  test('a second instance on the same folder', async () => {
    const server = await startServer({ dataDir });
    const second = await server.ashlar('start');
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr.split('\n')[0]).toBe(
      `ashlar: Ashlar is already running on ${dataDir}: process ${server.pid}, ${server.url}`,
    );
    expect(await statusOf(`${server.url}/ready`)).toBe(200);
    await server.stop();
  });

  test('a taken port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    // A listening TCP server has an address with a port.
    const { port } = taken.address() as AddressInfo;
    const environment = {
      ASHLAR_DATA: dataDir,
      ASHLAR_PORT: String(port),
      ASHLAR_DB_PORT: '0',
      ASHLAR_LOG_LEVEL: 'error',
    };
    const { code, stderr } = await runAshlar(['start'], environment);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        `ashlar: Cannot listen on 127.0.0.1:${port}: another program does`,
        '→ Choose another port with --port, or 0 for any free one',
        '',
      ].join('\n'),
    );
    await eventually(() => processesOf(dataDir).join('\n'), '');
  });

  test('keys that are gone while the database is there', async () => {
    await (await startServer({ dataDir })).stop();
    await rm(join(dataDir, 'keys'), { recursive: true });
    const { code, stderr } = await runAshlar(['start'], { ASHLAR_DATA: dataDir });
    expect(code).toBe(1);
    expect(stderr).toContain('instance.json: it is missing while the database is there');
  });

  test('several wrong settings at once', async () => {
    await writeFile(join(dataDir, 'ashlar.toml'), '[server]\nprot = 1\n');
    const { code, stderr } = await runAshlar(['start', '--port', 'http'], { ASHLAR_DATA: dataDir });
    expect(code).toBe(2);
    expect(stderr).toContain('The configuration has 2 faults:');
  });
});
