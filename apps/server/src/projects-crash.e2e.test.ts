import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInstanceFolder, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ask, setUp } from './control-client.fixture.ts';

const ROUNDS = proofSize('projects', { short: 2, full: 40 });
/** What takes longest of a round; the kill comes anywhere in it. */
const LONGEST_WORK_MS = 900;

interface Listed {
  readonly ref: string;
  readonly status: string;
  readonly failure: string | null;
}

test(
  'a kill -9 while projects are made, copied and removed leaves no half project',
  { timeout: 3_600_000 },
  async () => {
    const dataDir = await makeInstanceFolder();
    let server = await startServer({ dataDir });
    onTestFinished(async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    const { bearer, organisation } = await setUp(server);
    const send = (method: string, path: string, body?: unknown) =>
      // The server may be gone before it answers.
      ask(server, method, path, { bearer, body }).catch(() => null);
    const create = (ref: string) => send('POST', `/organisations/${organisation}/projects`, { ref });
    const list = async (): Promise<readonly Listed[]> => (await ask(server, 'GET', '/projects', { bearer })).body;

    expect((await create('source'))?.status).toBe(201);
    await writeNote(server, 'source');

    for (let round = 0; round < ROUNDS; round += 1) {
      const victim = `victim${round}`;
      expect((await create(victim))?.status).toBe(201);
      expect((await send('DELETE', `/projects/${victim}`))?.status).toBe(200);
      // All three at once: each is cut off somewhere else.
      const asked = [
        create(`made${round}`),
        send('POST', '/projects/source/clone', { ref: `copy${round}` }),
        send('POST', `/projects/${victim}/purge`),
      ];
      // Fixed in every test run and spread over the work.
      await delay(((round * 3 + 3) % 10) * (LONGEST_WORK_MS / 10));
      await server.end('SIGKILL');
      await Promise.all(asked);

      server = await startServer({ dataDir });
      const unfinished = async (): Promise<readonly Listed[]> =>
        (await list()).filter(({ status }) => status !== 'active' && status !== 'deleted');
      await expect.poll(unfinished, { timeout: 60_000, interval: 100 }).toEqual([]);
      await expectWhole(server, dataDir, await list());
    }
  },
);

/** Rows, databases, logins and key files are of the same projects, and each of these answers. */
async function expectWhole(server: RunningServer, dataDir: string, projects: readonly Listed[]): Promise<void> {
  const refs = projects.map(({ ref }) => ref).toSorted();
  const found = await server.superuserSql<{ name: string }>(
    `select substr(datname, 9) as name from pg_database where datname like 'project\\_%'`,
  );
  expect(found.map(({ name }) => name).toSorted()).toEqual(refs);
  const logins = await server.superuserSql<{ name: string }>(
    `select replace(rolname, '_authenticator', '') as name from pg_roles where rolname like '%\\_authenticator'`,
  );
  expect(logins.map(({ name }) => name).toSorted()).toEqual(['control', ...refs].toSorted());
  const files = (await readdir(join(dataDir, 'keys'))).filter((name) => !/^(instance|control)\.json$/.test(name));
  expect(files.toSorted()).toEqual(refs.map((ref) => `${ref}.json`));

  for (const { ref, status } of projects) {
    const answer = await fetch(`${server.url}/p/${ref}/auth/v1/health`);
    expect(answer.status, ref).toBe(status === 'deleted' ? 540 : 200);
    if (ref === 'source' || ref.startsWith('copy')) expect(await readNote(server, ref), ref).toBe('kept');
  }
}

async function writeNote(server: RunningServer, ref: string): Promise<void> {
  const made = await server.ashlar('sql', '--project', ref, `create table note as select 'kept' as text`);
  expect(made.code, made.stderr).toBe(0);
}

async function readNote(server: RunningServer, ref: string): Promise<unknown> {
  const answer = await fetch(`${server.url}/p/${ref}/rest/v1/note?select=text`);
  const body: unknown = await answer.json();
  return Array.isArray(body) ? body[0]?.text : body;
}
