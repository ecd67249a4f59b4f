import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedCluster, openEmbeddedCluster } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';

export interface TestCluster extends AsyncDisposable {
  readonly cluster: EmbeddedCluster;
  /** Stops the server and removes its folder. */
  close(): Promise<void>;
}

export interface TestClusterOptions {
  /** Default `none`: what a crash would lose, the end of the tests removes anyway. `full` waits for the disk. */
  readonly durability?: 'full' | 'none';
}

/** Starts an embedded server in a folder and on a port of its own. */
export async function startTestCluster({ durability = 'none' }: TestClusterOptions = {}): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ashlar-test-'));
  // As root the server runs as nobody, who has to pass through.
  await chmod(dataDir, 0o755);
  const cluster = await openEmbeddedCluster({
    dataDir,
    superuserPassword: 'superuser of a test',
    platformPassword: 'platform of a test',
    port: 0,
    observe: ignoreObservations,
    durability,
  });
  const close = async (): Promise<void> => {
    await cluster.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { cluster, close, [Symbol.asyncDispose]: close };
}
