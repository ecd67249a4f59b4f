import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

/** Of what people do with the rows of tables: files in and out, views, changes of others. */
export const tableErrors: {
  readonly importUnknown: ErrorFactory;
  readonly importTooLarge: ErrorFactory;
  readonly importBusy: ErrorFactory;
  readonly importPlace: ErrorFactory;
  readonly importFile: ErrorFactory;
  readonly importTarget: ErrorFactory;
  readonly exportBusy: ErrorFactory;
  readonly exportUnknown: ErrorFactory;
  readonly viewUnknown: ErrorFactory;
  readonly viewChanged: ErrorFactory;
  readonly watchBusy: ErrorFactory;
} = defineErrors('control', {
  importUnknown: {
    kind: 'not_found',
    title: 'There is no uploaded file of yours with this id',
    hint: 'A file is kept for an hour after its last use; upload it again',
  },
  importTooLarge: {
    kind: 'too_large',
    title: 'A file of {found} bytes is larger than the {limit} bytes that are taken',
  },
  importBusy: {
    kind: 'rate_limited',
    title: 'As many files are held or loaded as may be at once',
    hint: 'Remove one, or wait until one is loaded',
    retryable: true,
  },
  importPlace: {
    kind: 'conflict',
    title: 'Tried to go on with the file at byte {offset}: wanted byte {received}',
    hint: 'Go on from there',
  },
  importFile: {
    kind: 'malformed',
    title: 'The file cannot be read: {reason}',
  },
  importTarget: { kind: 'malformed', title: 'Tried to load the file: {reason}' },
  exportBusy: {
    kind: 'rate_limited',
    title: 'As many exports run already as may at once',
    hint: 'Wait for one of them, or end it',
    retryable: true,
  },
  exportUnknown: {
    kind: 'not_found',
    title: 'There is no export of yours with this id',
    hint: 'Each can be fetched once, within two minutes; ask for it again',
  },
  viewUnknown: { kind: 'not_found', title: 'There is no such view of yours, and none that is shared' },
  viewChanged: {
    kind: 'precondition',
    title: 'The view is at version {found}, wanted {version}',
    hint: 'Somebody else changed it; read it again',
  },
  watchBusy: {
    kind: 'rate_limited',
    title: 'As many tables are watched as may be at once',
    hint: 'Close another window',
    retryable: true,
  },
});
