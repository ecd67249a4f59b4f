import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type MigrationError =
  | 'migrationFailed'
  | 'migrationChanged'
  | 'migrationMisnamed'
  | 'migrationRepeated'
  | 'migrationPlaceholder'
  | 'migrationBusy';

export const migrationErrors: Readonly<Record<MigrationError, ErrorFactory>> = defineErrors('postgres', {
  migrationFailed: {
    kind: 'internal',
    title: 'Migration {version}-{name} of {owner} failed in database {database}: {reason}',
    hint: 'Nothing of this file was kept; files before it stay applied. Correct the cause and start again.',
  },
  migrationChanged: {
    kind: 'conflict',
    title:
      'Migration {version}-{name} of {owner} was applied to database {database} with checksum {applied}, but the file now has {found}',
    hint: 'Restore the file as it was and put the change into a new, higher-numbered file.',
  },
  migrationMisnamed: {
    kind: 'internal',
    title: 'Migration file {file} of {owner} is not named like 0001-what-it-does.sql',
  },
  migrationRepeated: {
    kind: 'internal',
    title: 'Two migration files of {owner} have the number {version}: {first} and {second}',
  },
  migrationPlaceholder: {
    kind: 'internal',
    title: 'Migration {version}-{name} of {owner} uses the placeholder {placeholder}, which is not one of: {known}',
  },
  migrationBusy: {
    kind: 'unavailable',
    title: 'Another process has been migrating database {database} for more than {seconds} s',
    hint: 'Wait until it has ended, or end it.',
    retryable: true,
  },
});
