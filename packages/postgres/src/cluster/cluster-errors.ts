import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type ClusterError =
  | 'platformUnsupported'
  | 'librariesUnlinked'
  | 'folderForbidden'
  | 'folderForeign'
  | 'versionUnsupported'
  | 'folderInUse'
  | 'diskFull'
  | 'noFreePort'
  | 'initialisationFailed'
  | 'startFailed'
  | 'stopped'
  | 'databaseUrlInvalid'
  | 'serverUnreachable'
  | 'serverTooOld'
  | 'rightMissing'
  | 'walLevelLow'
  | 'databaseTaken'
  | 'projectRefInvalid'
  | 'suiteNameInvalid';

/** Why a PostgreSQL server cannot serve this instance. None of them is reached after data was changed. */
export const clusterErrors: Readonly<Record<ClusterError, ErrorFactory>> = defineErrors('postgres', {
  platformUnsupported: {
    kind: 'unavailable',
    title: 'There is no embedded PostgreSQL for {platform}: package {package} is not installed',
    hint: 'Install the dependencies again without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer',
  },
  librariesUnlinked: {
    kind: 'unavailable',
    title: 'Cannot create the library links of the embedded PostgreSQL in {folder}',
    hint: 'Make the folder writable for the first start, or run once as the user who installed the dependencies',
  },
  folderForbidden: {
    kind: 'forbidden',
    title: 'Cannot use the folder {folder} for PostgreSQL data: {reason}',
    hint: 'Give this user the folder (chown, chmod 700), or choose another one with ASHLAR_DATA',
  },
  folderForeign: {
    kind: 'conflict',
    title: 'The folder {folder} holds files but no PostgreSQL data (found {found}, wanted PG_VERSION)',
    hint: 'Choose an empty folder; nothing in this one was touched',
  },
  versionUnsupported: {
    kind: 'conflict',
    title: 'The data in {folder} belongs to PostgreSQL {found}, this version of Ashlar runs PostgreSQL {wanted}',
    hint: 'Start it with the Ashlar version that made it and move the data by dump and restore; nothing was touched',
  },
  folderInUse: {
    kind: 'conflict',
    title: 'The folder {folder} is in use by another Ashlar, process {pid}',
    hint: 'Stop it (ashlar stop, or kill {pid}), or choose another folder with ASHLAR_DATA',
  },
  diskFull: {
    kind: 'unavailable',
    title: 'No space left for PostgreSQL in {folder}',
    hint: 'Free some space and start again; committed data is kept',
    retryable: true,
  },
  noFreePort: {
    kind: 'unavailable',
    title: 'PostgreSQL found no free port on 127.0.0.1, tried {tried}',
    hint: 'Choose one with ASHLAR_DB_PORT',
  },
  initialisationFailed: {
    kind: 'internal',
    title: 'initdb could not make the database in {folder}: {reason}',
  },
  startFailed: {
    kind: 'unavailable',
    title: 'PostgreSQL did not start on {folder}: {reason}',
    hint: 'The data was not changed; the lines before this one are the log of the server',
  },
  stopped: {
    kind: 'unavailable',
    title: 'PostgreSQL was stopped, there is nothing to wait for',
  },
  databaseUrlInvalid: {
    kind: 'malformed',
    title: 'The URL of the database cannot be used: {reason}',
    hint: 'Wanted: postgres://user:password@host:5432/database',
  },
  serverUnreachable: {
    kind: 'unavailable',
    title: 'Cannot reach PostgreSQL at {address}: {reason}',
    hint: 'Check the URL of the database and that the server is running',
    retryable: true,
  },
  serverTooOld: {
    kind: 'unavailable',
    title: 'PostgreSQL at {address} is version {found}, wanted 15 or newer',
  },
  rightMissing: {
    kind: 'forbidden',
    title: 'The login {login} at {address} lacks a right the platform needs: {attempt}',
    hint: 'Let an administrator run: {statement}',
  },
  walLevelLow: {
    kind: 'unprocessable',
    title: 'PostgreSQL at {address} runs with wal_level {found}, wanted logical',
    hint: "Let an administrator run ALTER SYSTEM SET wal_level = 'logical' and restart the server",
  },
  databaseTaken: {
    kind: 'conflict',
    title: 'The database {database} at {address} cannot take project {ref}: {reason}',
    hint: 'Name another database, or remove the project that lives there from its instance',
  },
  projectRefInvalid: {
    kind: 'malformed',
    title: 'The project ref {ref} cannot be used: {reason}',
    hint: 'Wanted: a lower-case letter, then at most 29 of a-z, 0-9 and -, not the name of a part of the platform',
  },
  suiteNameInvalid: {
    kind: 'unprocessable',
    title: 'No suite can be called {suite}',
    hint: 'A name has 2 to 30 lower case letters and digits, and is no role of the platform',
  },
});
