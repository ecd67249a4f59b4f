import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type BackupError =
  | 'embeddedOnly'
  | 'tablespaces'
  | 'logGone'
  | 'folderNotEmpty'
  | 'unknownFormat'
  | 'damaged'
  | 'unusable';

export const backupErrors: Readonly<Record<BackupError, ErrorFactory>> = defineErrors('backup', {
  embeddedOnly: {
    kind: 'conflict',
    title: 'Only the embedded PostgreSQL can be copied with its files; this instance uses DATABASE_URL',
    hint: 'Use the backup of your provider, or pg_dump',
  },
  tablespaces: {
    kind: 'conflict',
    title: 'The server has tablespaces outside its folder ({found}), which one file cannot bring back',
    hint: 'Move their tables to the default tablespace and drop them',
  },
  logGone: {
    kind: 'unavailable',
    title: 'The log from {first} to {last} was not kept while the data was copied: found {found} segments of {wanted}',
    hint: 'More was written meanwhile than the server holds back; try again at a quieter time',
    retryable: true,
  },
  folderNotEmpty: {
    kind: 'conflict',
    title: 'The folder {folder} is not empty (found {found}); a backup is restored into an empty one',
    hint: 'Choose another folder, or move these files away; nothing was touched',
  },
  unknownFormat: {
    kind: 'malformed',
    title: '{file} is no backup this version can read: {reason}',
  },
  damaged: {
    kind: 'malformed',
    title: '{file} is damaged: {reason}',
    hint: 'Use another copy of the file; the folder was left as it was',
  },
  unusable: {
    kind: 'internal',
    title: 'The data restored from {file} did not start, so the folder was left as it was: {reason}',
  },
});
