import { verify } from '@node-rs/argon2';
import { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import { perSecond } from '../rivals/driver-request.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

export interface SignInFigures {
  /** One sign-in after another, and one check of the hash after another. */
  readonly signInMs: number;
  readonly hashMs: number;
  readonly signInsPerSecond: number;
  readonly hashesPerSecond: number;
  /** 99th percentile of single-row reads on four connections, alone and beside sign-ins. */
  readonly readP99Ms: number;
  readonly readP99BesideMs: number;
}

const EMAIL = 'sign-in@example.org';
const PASSWORD = 'a long enough password';
const SIGN_IN_CONNECTIONS = 4;
const READ_CONNECTIONS = 4;

/** What a password sign-in costs beside its hash alone, and whether reads wait for it. */
export async function measureSignIn(instance: Instance, effort: Effort): Promise<SignInFigures> {
  const { url } = instance;
  const seconds = effort.secondsPerRun;
  const headers = { apikey: instance.keys.keys.anonKey, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD });
  await fetch(`${url}/auth/v1/signup`, { method: 'POST', headers, body });
  const hash = await storedHash(instance);
  const requests: readonly LoadRequest[] = [
    { method: 'POST', path: '/auth/v1/token?grant_type=password', headers, body },
  ];
  const { token } = benchUser(0, instance.keys.keys.jwtSecret);
  const read: LoadRequest = {
    method: 'GET',
    path: '/rest/v1/bench_todos?id=eq.0',
    headers: { apikey: instance.keys.keys.anonKey, authorization: `Bearer ${token}` },
  };
  const signIn = async (connections: number): Promise<number> =>
    (await httpLoad({ url, requests, connections, seconds })).perSecond;
  const readP99 = async (): Promise<number> =>
    (await httpLoad({ url, requests: [read], connections: READ_CONNECTIONS, seconds })).p99Ms;
  const figures = await interleave(effort.rounds, {
    oneSignIn: () => signIn(1),
    oneHash: () => perSecond(1, seconds, () => verify(hash, PASSWORD)),
    signIns: () => signIn(SIGN_IN_CONNECTIONS),
    hashes: () => perSecond(SIGN_IN_CONNECTIONS, seconds, () => verify(hash, PASSWORD)),
    readAlone: readP99,
    readBeside: async () => (await Promise.all([readP99(), signIn(1)]))[0],
  });
  return {
    signInMs: 1000 / figures.oneSignIn,
    hashMs: 1000 / figures.oneHash,
    signInsPerSecond: figures.signIns,
    hashesPerSecond: figures.hashes,
    readP99Ms: figures.readAlone,
    readP99BesideMs: figures.readBeside,
  };
}

async function storedHash(instance: Instance): Promise<string> {
  const client = new Client(instance.login('owner'));
  await client.connect();
  const { rows } = await client.query<{ hash: string }>(
    'select encrypted_password as hash from auth.users where email = $1',
    [EMAIL],
  );
  await client.end();
  const [row] = rows;
  if (row === undefined) throw new Error(`Signing up ${EMAIL} left no row in auth.users`);
  return row.hash;
}
