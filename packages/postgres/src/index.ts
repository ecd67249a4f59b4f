export { clusterErrors } from './cluster/cluster-errors.ts';
export type { Capabilities, Cluster, PlacedHost, ProjectHost, ProjectLogins } from './cluster/cluster.ts';
export { assertProjectRef, isProjectRef, projectDatabaseName } from './cluster/project-ref.ts';
export { holdLock } from './cluster/hold-lock.ts';
export { isSuiteName, loginNames, READER_ROLE } from './cluster/roles.ts';
export { admitReader } from './console/admit-reader.ts';
export { runConsole } from './console/run-console.ts';
export { streamConsole } from './console/stream-console.ts';
export type { ConsoleRows, ConsoleStream } from './console/stream-console.ts';
export type { ConsoleNotice, ConsoleOutcome, ConsoleResult, ConsoleScript } from './console/run-console.ts';
export { attachEmbeddedCluster } from './embedded/attach-embedded-cluster.ts';
export type { EmbeddedAddress } from './embedded/embedded-access.ts';
export { DEFAULT_POSTGRES_PORT, openEmbeddedCluster } from './embedded/open-embedded-cluster.ts';
export type { EmbeddedCluster, EmbeddedClusterOptions } from './embedded/open-embedded-cluster.ts';
export { processStart } from './embedded/process-identity.ts';
export { CATALOGUE_SETTINGS } from './introspection/catalogue.ts';
export type { ReadCatalogue } from './introspection/catalogue.ts';
export { createSnapshots } from './introspection/create-snapshots.ts';
export type { Snapshots, SnapshotsOptions } from './introspection/create-snapshots.ts';
export { generateTypes } from './introspection/generate-types.ts';
export type { GenerateTypesOptions } from './introspection/generate-types.ts';
export { loadSnapshot } from './introspection/load-snapshot.ts';
export type { SnapshotOptions } from './introspection/load-snapshot.ts';
export { readProjectCatalogue } from './introspection/read-project-catalogue.ts';
export { closest } from './introspection/similar-name.ts';
export { relationKey } from './introspection/snapshot.ts';
export type {
  Attribute,
  Cardinality,
  Column,
  ColumnPair,
  FunctionParameter,
  FunctionResult,
  Junction,
  NamedType,
  Relation,
  RelationKind,
  Relationship,
  Routine,
  Snapshot,
} from './introspection/snapshot.ts';
export { EVENT_DAYS, maintainEvents } from './migrations/maintain-events.ts';
export { sweepKeys } from './migrations/sweep-keys.ts';
export { migrateDatabase, migrationStatus } from './migrations/migrate-database.ts';
export type { MigrationOptions, MigrationStatus } from './migrations/migrate-database.ts';
export { ensureProjectTemplate, findProjectTemplate } from './migrations/project-template.ts';
export type { ProjectTemplateOptions } from './migrations/project-template.ts';
export { platformSchema } from './migrations/platform-schema.ts';
export type { SchemaOwner } from './migrations/schema-owner.ts';
export type {
  Call,
  CallResult,
  LocalSettings,
  LoginKind,
  Notification,
  ProjectDatabase,
  ResultField,
  ResultRows,
  Statement,
  StatementResult,
  StatementSequence,
  StatementValue,
  Transaction,
  TransactionOptions,
  TransactionStep,
} from './session/call.ts';
export { typedRows } from './session/own-transaction.ts';
export { toBoundValue } from './session/bound-value.ts';
export { runScript } from './session/run-script.ts';
export type { ScriptOptions } from './session/run-script.ts';
export { isStaleStatement } from './session/wire/sql-state.ts';
export { createSessions, DEFAULT_SESSION_BOUNDS } from './session/sessions.ts';
export type { SessionBounds, Sessions, SessionsOptions } from './session/sessions.ts';
export type { DatabaseTarget, Login } from './session/target.ts';
export { SCHEMA_CHANNEL, watchSchema } from './session/watch-schema.ts';
export type { SchemaWatchOptions } from './session/watch-schema.ts';
export { openExternalCluster } from './external/open-external-cluster.ts';
export type { ExternalClusterOptions } from './external/open-external-cluster.ts';
export { parseDatabaseUrl } from './external/database-url.ts';
export { openPlacedHost } from './external/open-placed-host.ts';
export type { PlacedHostOptions } from './external/open-placed-host.ts';
export { backupInstance } from './backup/backup-instance.ts';
export type { BackupOptions, BackupSummary } from './backup/backup-instance.ts';
export { restoreInstance } from './backup/restore-instance.ts';
export type { RestoreOptions, RestoreSummary } from './backup/restore-instance.ts';
export { discardDeadLetter, listDeadLetters, replayDeadLetters } from './events/dead-letters.ts';
export type { DeadLetter, DeadLetterQuery } from './events/dead-letters.ts';
export { emitEvent } from './events/emit-event.ts';
export { deliverEvents } from './events/event-delivery.ts';
export type { EventDelivery, EventDeliveryOptions, ForeignEvent, ForeignNews } from './events/event-delivery.ts';
export type { HandlingContext, RetryTerms, Subscription } from './events/subscription.ts';
export type { LogBatch, LogChange, LogCommit, LoggedEvent, LogNote } from './stream/log-batch.ts';
export type { GapReason, LogAttachment, LogConsumer, LogStart } from './stream/log-consumer.ts';
export type {
  OldRow as OldLogRow,
  Relation as LogRelation,
  RelationColumn as LogColumn,
  Row as LogRow,
} from './stream/log-message.ts';
export { isWholeExpression } from './sql-text/is-whole-expression.ts';
export { sqlTokens } from './sql-text/sql-tokens.ts';
export type { SqlToken } from './sql-text/sql-tokens.ts';
export { splitStatements } from './sql-text/split-statements.ts';
export { createLogStream } from './stream/log-stream.ts';
export type { LogStream, LogStreamOptions, LogStreamStart, LogStreamStatus } from './stream/log-stream.ts';
export { databasesWithSlots, hasConsumersBehind } from './stream/undelivered.ts';
export { formatLsn, parseLsn } from './stream/lsn.ts';
export type { Lsn } from './stream/lsn.ts';
