import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

/** A wrong command line: exit code 2, and the command's own help is where the hint leads. */
export const usageErrors: {
  readonly commandUnknown: ErrorFactory;
  readonly commandIncomplete: ErrorFactory;
  readonly optionUnknown: ErrorFactory;
  readonly argumentsWrong: ErrorFactory;
  readonly optionWrong: ErrorFactory;
} = defineErrors('usage', {
  commandUnknown: {
    kind: 'malformed',
    title: 'Found "{found}", wanted one of the commands {wanted}',
    hint: 'ashlar --help',
  },
  commandIncomplete: {
    kind: 'malformed',
    title: 'Found "{found}" alone, wanted one of {wanted} after it',
    hint: 'ashlar {found} --help',
  },
  optionUnknown: { kind: 'malformed', title: '{reason}', hint: 'ashlar {command} --help' },
  argumentsWrong: { kind: 'malformed', title: 'Found {found}, wanted {wanted}', hint: 'ashlar {command} --help' },
  optionWrong: {
    kind: 'malformed',
    title: '--{option}: found "{found}", wanted {wanted}',
    hint: 'ashlar {command} --help',
  },
});

/** What a command could not do. */
export const cliErrors: {
  readonly notRunning: ErrorFactory;
  readonly alreadyRunning: ErrorFactory;
  readonly stopTimeout: ErrorFactory;
  readonly portTaken: ErrorFactory;
  readonly addressUnusable: ErrorFactory;
  readonly fileUnreadable: ErrorFactory;
  readonly fileUnwritable: ErrorFactory;
  readonly notConfirmed: ErrorFactory;
  readonly vaultTokenMissing: ErrorFactory;
  readonly upstreamMissing: ErrorFactory;
  readonly databaseUrlMissing: ErrorFactory;
  readonly resetExternal: ErrorFactory;
  readonly statementFailed: ErrorFactory;
  readonly migrationNameMalformed: ErrorFactory;
  readonly migrationFileMalformed: ErrorFactory;
  readonly migrationTwice: ErrorFactory;
  readonly migrationFailed: ErrorFactory;
  readonly serverUnreachable: ErrorFactory;
  readonly storageRefused: ErrorFactory;
  readonly objectMissing: ErrorFactory;
  readonly folderNotRecursive: ErrorFactory;
} = defineErrors('cli', {
  notRunning: {
    kind: 'unavailable',
    title: 'Ashlar is not running on {folder}',
    hint: 'Start it with ashlar start, or name another folder with --data',
  },
  alreadyRunning: {
    kind: 'conflict',
    title: 'Ashlar is already running on {folder}: process {pid}, {url}',
    hint: 'Stop it with ashlar stop, or start this one on another folder with --data',
  },
  stopTimeout: {
    kind: 'timeout',
    title: 'Process {pid} was asked to stop and is still there after {seconds} s',
    hint: 'ashlar stop --force ends it at once; nothing acknowledged is lost',
  },
  portTaken: {
    kind: 'conflict',
    title: 'Cannot listen on {host}:{port}: another program does',
    hint: 'Choose another port with --port, or 0 for any free one',
  },
  addressUnusable: {
    kind: 'forbidden',
    title: 'Cannot listen on {host}:{port}: {reason}',
    hint: 'Choose another address with --host, or a port above 1023 with --port',
  },
  fileUnreadable: { kind: 'not_found', title: 'Cannot read {file}: {reason}' },
  fileUnwritable: { kind: 'forbidden', title: 'Cannot write {file}: {reason}' },
  notConfirmed: {
    kind: 'precondition',
    title: 'Nothing was changed: {attempt} needs a confirmation',
    hint: 'Type the name when asked, or add --yes',
  },
  vaultTokenMissing: {
    kind: 'malformed',
    title: 'Tried to use the vault: found no token for it, wanted one in ASHLAR_VAULT_TOKEN',
  },
  upstreamMissing: {
    kind: 'malformed',
    title: 'The gateway runs without {service}: found no address of it, wanted one with --{option}',
    hint: 'Add {service} to the services of this process, or say where it listens',
  },
  databaseUrlMissing: {
    kind: 'malformed',
    title: 'Services in separate processes share one PostgreSQL: found none, wanted DATABASE_URL',
    hint: 'ashlar start runs all services beside an embedded PostgreSQL',
  },
  resetExternal: {
    kind: 'conflict',
    title: 'Cannot reset project {ref}: its database is the one DATABASE_URL names, and dropping that is not for us',
    hint: 'Drop and create it with the tools of that server',
  },
  statementFailed: { kind: 'unprocessable', title: '{message}' },
  migrationNameMalformed: {
    kind: 'malformed',
    title: 'Found the name "{name}", wanted letters, digits, dashes and underscores',
  },
  migrationFileMalformed: {
    kind: 'malformed',
    title: 'Found the file {file} among the migrations, wanted a name such as 20260102030405_create_todos.sql',
  },
  migrationTwice: { kind: 'conflict', title: 'Found the version {version} twice: {files}' },
  migrationFailed: {
    kind: 'unprocessable',
    title: '{file}: {reason}',
    hint: '{consequence}',
  },
  serverUnreachable: { kind: 'unavailable', title: 'Cannot reach {url}: {reason}' },
  storageRefused: { kind: 'unprocessable', title: 'The server refused: {reason}' },
  objectMissing: { kind: 'not_found', title: 'There is no object at {path}', hint: 'A folder needs --recursive' },
  folderNotRecursive: { kind: 'malformed', title: '{folder} is a folder', hint: 'Copy what is in it with --recursive' },
});
