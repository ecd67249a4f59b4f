import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, startTestCluster, type RunningServer } from '@ashlar/testing';
import { GATEWAY, serviceNames } from './composition.ts';

/** A PostgreSQL "somebody else runs", and one instance whose services have a process each. */
export interface ServicesApart extends AsyncDisposable {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly gateway: RunningServer;
  /** @throws {Error} For one there is none of. */
  service(name: string): RunningServer;
}

export async function startServicesApart(): Promise<ServicesApart> {
  await using closing = new AsyncDisposableStack();
  const cluster = await startTestCluster();
  closing.defer(() => cluster.close());
  const dataDir = await mkdtemp(join(tmpdir(), 'ashlar-apart-'));
  closing.defer(() => rm(dataDir, { recursive: true, force: true }));
  const { password, port, user } = cluster.cluster.admin('postgres');
  const databaseUrl = `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;

  async function serve(name: string, environment: Record<string, string> = {}): Promise<RunningServer> {
    const args = ['serve', name];
    const given = { ASHLAR_DATABASE_URL: databaseUrl, ...environment };
    const server = await startServer({ dataDir, args, environment: given });
    closing.defer(() => server.stop());
    return server;
  }

  // Together, so that they meet on an empty key folder and an empty database.
  const names = serviceNames.filter((name) => name !== GATEWAY);
  const servers = new Map(await Promise.all(names.map(async (name) => [name, await serve(name)] as const)));
  const upstreams = [...servers].map(([name, { url }]) => [`ASHLAR_UPSTREAM_${name.toUpperCase()}`, url] as const);
  const gateway = await serve(GATEWAY, Object.fromEntries(upstreams));
  const owned = closing.move();
  return {
    dataDir,
    databaseUrl,
    gateway,
    service(name) {
      const server = servers.get(name);
      if (server === undefined) throw new Error(`There is no service "${name}"`);
      return server;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
