import { AshlarError } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import { Client, escapeIdentifier, type ClientConfig } from 'pg';
import { CATALOG_ONLY } from '../session/wire/catalog-only.ts';
import { migrationErrors } from './errors.ts';
import { fillPlaceholders, readMigrationFiles, type MigrationFile } from './migration-file.ts';
import type { SchemaOwner } from './schema-owner.ts';
import { sealFunctions } from './seal-functions.ts';
import { silenceTriggers } from './silence-triggers.ts';

export interface MigrationOptions {
  /** Login with the rights to become every owner: the superuser of an embedded cluster, or the URL's login. */
  readonly admin: ClientConfig & { readonly database: string };
  /** Applied in this order; an owner may refer to what the owners before it made. */
  readonly owners: readonly SchemaOwner[];
  /** What `:owner_role` stands for: the role a project's owner login acts as. */
  readonly ownerRole: string;
  readonly observe: Observe;
  /** Checked between files; a file that has begun is finished or undone as a whole. */
  readonly signal?: AbortSignal;
}

/** What one owner's folder and one database know of each other. */
export interface MigrationStatus {
  readonly owner: string;
  readonly version: string;
  readonly name: string;
  /**
   * `applied`: in the database with the file's checksum. `pending`: only a file. `changed`: the file differs from
   * what was applied. `newer`: applied by a later version of the program whose file this one does not have.
   */
  readonly state: 'applied' | 'pending' | 'changed' | 'newer';
  readonly appliedAt: Date | null;
}

interface AppliedMigration {
  readonly owner: string;
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: Date;
}

/** `ashlar` in ASCII: the advisory lock every migrating process of a database takes. */
const LOCK_KEY = '107070995816818';
/** How long to wait for another process that is migrating the same database. */
const LOCK_WAIT_SECONDS = 60;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings a database up to the files of all owners: each file once, in its own transaction, under one lock, recorded
 * with its checksum in `ashlar.migrations`. Files applied by a newer version of the program are left alone, so that
 * two neighbouring versions can work on one database.
 *
 * @returns The state of every file afterwards.
 * @throws {AshlarError} `postgres.migration_failed` (nothing of that file is kept), `postgres.migration_changed`,
 *   `postgres.migration_busy`.
 */
export async function migrateDatabase(options: MigrationOptions): Promise<readonly MigrationStatus[]> {
  const files = await readAllFiles(options.owners);
  return withAdmin(options.admin, async (admin) => {
    await takeLock(admin, options.admin.database);
    await createLedger(admin);
    const applied = await readLedger(admin);
    refuseChangedFiles(files, applied, options.admin.database);
    const done = new Set(applied.map(identify));
    for (const owner of options.owners) {
      const pending = files.filter((file) => file.owner === owner && !done.has(identifyFile(file)));
      if (pending.length > 0) await createSchema(admin, owner);
      for (const file of pending) {
        options.signal?.throwIfAborted();
        await applyFile(admin, file, options);
      }
    }
    await sealFunctions(admin, options.owners);
    return compare(files, await readLedger(admin));
  });
}

/** The state of every file, changing nothing; a database never migrated has only pending ones. */
export async function migrationStatus(
  options: Pick<MigrationOptions, 'admin' | 'owners'>,
): Promise<readonly MigrationStatus[]> {
  const files = await readAllFiles(options.owners);
  return withAdmin(options.admin, async (admin) => {
    const { rows } = await admin.query<{ ledger: string | null }>(
      `select to_regclass('ashlar.migrations')::text as ledger`,
    );
    return compare(files, rows[0]?.ledger == null ? [] : await readLedger(admin));
  });
}

async function readAllFiles(owners: readonly SchemaOwner[]): Promise<readonly MigrationFile[]> {
  return (await Promise.all(owners.map(readMigrationFiles))).flat();
}

async function withAdmin<Result>(config: ClientConfig, run: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ application_name: 'ashlar migrations', connectionTimeoutMillis: 10_000, ...config });
  // A lost connection also rejects the query in flight, which is where it is handled.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query(CATALOG_ONLY);
    return await run(admin);
  } finally {
    await admin.end();
  }
}

/** Held by the session, so it ends with it, whatever happens. */
async function takeLock(admin: Client, database: string): Promise<void> {
  await admin.query(`set lock_timeout = '${LOCK_WAIT_SECONDS}s'`);
  try {
    await admin.query('select pg_advisory_lock($1)', [LOCK_KEY]);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw migrationErrors.migrationBusy({ database, seconds: LOCK_WAIT_SECONDS }, { cause: error });
  }
}

async function createLedger(admin: Client): Promise<void> {
  await admin.query(`
    create schema if not exists ashlar;
    create table if not exists ashlar.migrations (
      owner text not null,
      version text not null,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now(),
      primary key (owner, version)
    );`);
}

async function readLedger(admin: Client): Promise<readonly AppliedMigration[]> {
  const { rows } = await admin.query<AppliedMigration>(
    'select owner, version, name, checksum, applied_at from ashlar.migrations order by owner, version',
  );
  return rows;
}

/** An owner role has no right to create schemas, so its schema is there before its first file runs. */
async function createSchema(admin: Client, owner: SchemaOwner): Promise<void> {
  const schema = escapeIdentifier(owner.schema);
  await admin.query(`create schema if not exists ${schema} authorization ${escapeIdentifier(owner.owner)}`);
  await admin.query(`grant usage on schema ${schema} to ${escapeIdentifier(owner.runner)}`);
}

async function applyFile(admin: Client, file: MigrationFile, options: MigrationOptions): Promise<void> {
  const { database } = options.admin;
  const sql = fillPlaceholders(file, { owner_role: options.ownerRole });
  const startedAt = performance.now();
  try {
    await admin.query('begin');
    const sound = await silenceTriggers(admin, file.owner.schema, options.ownerRole);
    if (!file.asAdmin) await admin.query(`set local role ${escapeIdentifier(file.owner.owner)}`);
    await admin.query(sql);
    await admin.query('reset role');
    await sound();
    await admin.query('insert into ashlar.migrations (owner, version, name, checksum) values ($1, $2, $3, $4)', [
      file.owner.name,
      file.version,
      file.name,
      file.checksum,
    ]);
    await admin.query('commit');
  } catch (error) {
    // The connection may be what failed; then the server undoes the file by itself.
    await admin.query('rollback').catch(() => undefined);
    throw migrationErrors.migrationFailed(
      { database, owner: file.owner.name, version: file.version, name: file.name, reason: describe(error, sql) },
      { cause: error },
    );
  }
  options.observe({
    kind: 'migration.applied',
    database,
    owner: file.owner.name,
    version: file.version,
    durationMs: performance.now() - startedAt,
  });
}

function refuseChangedFiles(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
  database: string,
): void {
  const byId = new Map(applied.map((migration) => [identify(migration), migration]));
  for (const file of files) {
    const known = byId.get(identifyFile(file));
    if (known === undefined || known.checksum === file.checksum) continue;
    throw migrationErrors.migrationChanged({
      database,
      owner: file.owner.name,
      version: file.version,
      name: file.name,
      applied: known.checksum,
      found: file.checksum,
    });
  }
}

function compare(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): readonly MigrationStatus[] {
  const unseen = new Map(applied.map((migration) => [identify(migration), migration]));
  const ofFiles = files.map((file): MigrationStatus => {
    const known = unseen.get(identifyFile(file));
    unseen.delete(identifyFile(file));
    return {
      owner: file.owner.name,
      version: file.version,
      name: file.name,
      state: known === undefined ? 'pending' : known.checksum === file.checksum ? 'applied' : 'changed',
      appliedAt: known?.applied_at ?? null,
    };
  });
  const owners = new Set(files.map((file) => file.owner.name));
  const newer = [...unseen.values()].filter(({ owner }) => owners.has(owner));
  return [
    ...ofFiles,
    ...newer.map(({ owner, version, name, applied_at }): MigrationStatus => {
      return { owner, version, name, state: 'newer', appliedAt: applied_at };
    }),
  ];
}

function identify({ owner, version }: { readonly owner: string; readonly version: string }): string {
  return `${owner} ${version}`;
}

function identifyFile(file: MigrationFile): string {
  return identify({ owner: file.owner.name, version: file.version });
}

function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The driver's message, with the line of the file when the server said where. */
function describe(error: unknown, sql: string): string {
  if (error instanceof AshlarError || !(error instanceof Error)) return String(error);
  const position = 'position' in error ? Number(error.position) : Number.NaN;
  if (!Number.isInteger(position)) return error.message;
  const line = sql.slice(0, position).split('\n').length;
  return `${error.message} (line ${line})`;
}
