import { randomBytes } from 'node:crypto';
import {
  type Cluster,
  createSessions,
  type DatabaseTarget,
  loginNames,
  platformSchema,
  type ProjectDatabase,
  type SchemaOwner,
} from '@ashlar/postgres';
import { ignoreObservations, type Observe } from '@ashlar/telemetry';
import { Client, escapeIdentifier } from 'pg';
import { sharedCluster } from './shared-cluster.ts';
import { ensureTemplate } from './test-template.ts';

export interface TestProjectOptions {
  /** Whose migrations the database has; the platform's own come first and need not be named. */
  readonly owners?: readonly SchemaOwner[];
  /** Default: a random one, so that test files run side by side. */
  readonly ref?: string;
  /** Default: the server all test files of the run share. */
  readonly cluster?: Cluster;
  readonly observe?: Observe;
}

/** A project of its own for a test file. `await using project = await createTestProject()` removes it at the end. */
export interface TestProject extends AsyncDisposable {
  readonly ref: string;
  readonly cluster: Cluster;
  readonly target: DatabaseTarget;
  readonly database: ProjectDatabase;
  /** A superuser's connection to the project's database. */
  readonly admin: Client;
  /** One or more statements as superuser; the rows of the last. */
  sql<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Closes every connection and drops the project. */
  close(): Promise<void>;
}

/** Makes a project whose database is a clone of one migrated by the same owners. */
export async function createTestProject(options: TestProjectOptions = {}): Promise<TestProject> {
  const cluster = options.cluster ?? (await sharedCluster());
  const ref = options.ref ?? `t${randomBytes(6).toString('hex')}`;
  const given = options.owners ?? [];
  const owners = given.some((owner) => owner.name === platformSchema.name) ? given : [platformSchema, ...given];
  await cloneTemplate(cluster, owners, `project_${ref}`);
  const names = loginNames(ref);
  const target = await cluster.ensureProject(ref, {
    authenticator: { user: names.authenticator, password: 'authenticator of a test' },
    owner: { user: names.owner, password: 'owner of a test' },
  });
  const sessions = createSessions({ observe: options.observe ?? ignoreObservations });
  const admin = await connect(cluster, target.database);
  // One connection does one thing at a time, whoever asks meanwhile.
  let lastAsked: Promise<unknown> = Promise.resolve();
  const close = async (): Promise<void> => {
    await sessions.close();
    await admin.end();
    await cluster.dropProject(ref);
  };
  return {
    ref,
    cluster,
    target,
    database: sessions.project(target),
    admin,
    async sql<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) {
      const ask = (): Promise<unknown> => admin.query<Row>(text, values === undefined ? undefined : [...values]);
      const asked = lastAsked.then(ask, ask);
      lastAsked = asked;
      const result = await asked;
      // Several statements in one text give several results, which the driver's types do not know.
      const results = (Array.isArray(result) ? result : [result]) as readonly { readonly rows: Row[] }[];
      return results.at(-1)?.rows ?? [];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function cloneTemplate(cluster: Cluster, owners: readonly SchemaOwner[], database: string): Promise<void> {
  const admin = await connect(cluster, 'postgres');
  try {
    const template = await ensureTemplate(cluster, admin, owners);
    await admin.query(
      `CREATE DATABASE ${escapeIdentifier(database)} TEMPLATE ${escapeIdentifier(template)} STRATEGY FILE_COPY`,
    );
  } finally {
    await admin.end();
  }
}

async function connect(cluster: Cluster, database: string): Promise<Client> {
  const client = new Client(cluster.admin(database));
  // The project's end may cut it; a query says so, and the event alone must not end the worker.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
