import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

export const controlErrors: {
  readonly projectExists: ErrorFactory;
  readonly projectUnknown: ErrorFactory;
  readonly projectBusy: ErrorFactory;
  readonly defaultProjectKept: ErrorFactory;
  readonly keyWithoutSecret: ErrorFactory;
  readonly keyNotSigned: ErrorFactory;
  readonly keyRole: ErrorFactory;
  readonly signingKeyMalformed: ErrorFactory;
  readonly keyFileUnreadable: ErrorFactory;
  readonly keyFileUnwritable: ErrorFactory;
  readonly settingsMalformed: ErrorFactory;
  readonly databaseElsewhere: ErrorFactory;
} = defineErrors('control', {
  projectExists: { kind: 'conflict', title: 'Tried to create project "{ref}": there is one already' },
  projectUnknown: {
    kind: 'not_found',
    title: 'Tried to find project "{ref}": there is none',
    hint: 'ashlar project list shows those there are',
  },
  projectBusy: {
    kind: 'unavailable',
    title: 'Tried to open project "{ref}": it is {status}',
    hint: 'Try again in a moment',
    retryable: true,
  },
  defaultProjectKept: {
    kind: 'conflict',
    title: 'Tried to remove project "{ref}": it answers at the root and stays with the instance',
    hint: 'ashlar db reset empties it',
  },
  keyWithoutSecret: {
    kind: 'malformed',
    title: 'Tried to take the given {key}: found no JWT secret beside it, wanted the secret it is signed with',
  },
  keyNotSigned: {
    kind: 'malformed',
    title: 'Tried to take the given {key}: its signature is not made with the given JWT secret (HS256)',
  },
  keyRole: {
    kind: 'malformed',
    title: 'Tried to take the given {key}: found role {found}, wanted role {wanted}',
  },
  signingKeyMalformed: {
    kind: 'malformed',
    title: 'Tried to take the given signing key: {reason}, wanted a private JWK for ES256 (EC, P-256) or RS256 (RSA)',
  },
  keyFileUnreadable: {
    kind: 'internal',
    title: 'Tried to read the key file {file}: {reason}',
    hint: 'Restore it from a backup; a new file would not open the existing database',
  },
  keyFileUnwritable: {
    kind: 'internal',
    title: 'Tried to write the key file {file}: {reason}',
    hint: 'Give the server the right to write there, or name another folder with --data',
  },
  settingsMalformed: {
    kind: 'internal',
    title: 'Tried to read the stored settings of project "{ref}": {reason}',
    hint: 'Mend control.projects.settings in the control database',
  },
  databaseElsewhere: {
    kind: 'unavailable',
    title: 'Tried to open project "{ref}": it is placed on another database server, which this version cannot reach',
  },
});
