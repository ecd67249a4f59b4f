import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

export const controlErrors: {
  readonly projectExists: ErrorFactory;
  readonly projectUnknown: ErrorFactory;
  readonly projectBusy: ErrorFactory;
  readonly projectAtRest: ErrorFactory;
  readonly defaultProjectKept: ErrorFactory;
  readonly keyWithoutSecret: ErrorFactory;
  readonly keyNotSigned: ErrorFactory;
  readonly keyRole: ErrorFactory;
  readonly signingKeyMalformed: ErrorFactory;
  readonly rotationPending: ErrorFactory;
  readonly keyFileUnreadable: ErrorFactory;
  readonly keyFileUnwritable: ErrorFactory;
  readonly settingsMalformed: ErrorFactory;
  readonly databaseElsewhere: ErrorFactory;
  readonly placementRefused: ErrorFactory;
  readonly metaOperationUnknown: ErrorFactory;
  readonly metaInputInvalid: ErrorFactory;
  readonly metaObjectUnknown: ErrorFactory;
  readonly metaPreviewOutdated: ErrorFactory;
  readonly metaChangeFailed: ErrorFactory;
  readonly roleNotAskable: ErrorFactory;
  readonly rowNotAskable: ErrorFactory;
  readonly organisationUnknown: ErrorFactory;
  readonly organisationExists: ErrorFactory;
  readonly forbidden: ErrorFactory;
  readonly scopeMissing: ErrorFactory;
  readonly roleTooHigh: ErrorFactory;
  readonly lastOwner: ErrorFactory;
  readonly memberUnknown: ErrorFactory;
  readonly alreadyMember: ErrorFactory;
  readonly invitationUnknown: ErrorFactory;
  readonly invitationAddress: ErrorFactory;
  readonly signInFirst: ErrorFactory;
  readonly alreadySetUp: ErrorFactory;
  readonly setupLinkWrong: ErrorFactory;
  readonly addressTaken: ErrorFactory;
  readonly unauthenticated: ErrorFactory;
  readonly factorDue: ErrorFactory;
  readonly personNeeded: ErrorFactory;
  readonly inputWrong: ErrorFactory;
  readonly routeUnknown: ErrorFactory;
  readonly keyUnknown: ErrorFactory;
  readonly projectStatus: ErrorFactory;
  readonly secretUnknown: ErrorFactory;
  readonly tooMany: ErrorFactory;
  readonly settingUnknown: ErrorFactory;
  readonly settingPinned: ErrorFactory;
  readonly settingWrong: ErrorFactory;
  readonly settingsChanged: ErrorFactory;
  readonly masterKeyChanged: ErrorFactory;
  readonly masterKeyMissing: ErrorFactory;
  readonly vaultUnusable: ErrorFactory;
  readonly migrationUnknown: ErrorFactory;
  readonly databaseSlow: ErrorFactory;
  readonly databaseLocked: ErrorFactory;
  readonly sqlEmpty: ErrorFactory;
  readonly sqlTooMany: ErrorFactory;
  readonly sqlNotReading: ErrorFactory;
  readonly sqlBusy: ErrorFactory;
  readonly sqlIdTaken: ErrorFactory;
  readonly sqlUnknown: ErrorFactory;
  readonly suiteUnknown: ErrorFactory;
  readonly suiteWithoutDemo: ErrorFactory;
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
  projectAtRest: {
    kind: 'unavailable',
    title: 'Tried to open project "{ref}": it is {status}',
    hint: 'Somebody who administers it can restore it',
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
  rotationPending: {
    kind: 'conflict',
    title: 'Tried to rotate the signing key: key {kid} is published and signs from {signsFrom}',
    hint: 'Wait until then, or replace all keys at once with --revoke',
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
    kind: 'conflict',
    title:
      'Tried to empty project "{ref}": its database is on a server of its own, where the platform drops nothing by itself',
    hint: 'Remove the project, and make it anew on an empty database',
  },
  placementRefused: {
    kind: 'unprocessable',
    title: 'Project "{ref}" cannot live there: {reason}',
    hint: '{hint}',
  },
  metaOperationUnknown: {
    kind: 'malformed',
    title: 'Tried to change a structure by "{name}": there is no such operation',
    hint: 'The list of operations names those there are',
  },
  metaInputInvalid: { kind: 'malformed', title: 'Tried to plan {name}: {detail}' },
  metaObjectUnknown: { kind: 'not_found', title: 'Tried to find {kind} "{name}": there is none' },
  metaPreviewOutdated: {
    kind: 'conflict',
    title: 'Tried to apply what a preview showed: the structure has changed since, and it would be something else now',
    hint: 'Look at a new preview',
  },
  metaChangeFailed: {
    kind: 'unprocessable',
    title: 'Tried to run "{statement}": {reason} ({sqlstate}); nothing was changed',
  },
  roleNotAskable: {
    kind: 'malformed',
    title: 'Tried to ask what role "{role}" may see: wanted anon, authenticated or service_role',
  },
  rowNotAskable: { kind: 'malformed', title: 'Tried to find the row asked about: {reason}' },
  organisationUnknown: {
    kind: 'not_found',
    title: 'There is no such organisation, or you are not a member of it',
  },
  organisationExists: {
    kind: 'conflict',
    title: 'Tried to make organisation "{slug}": there is one of this name',
    hint: 'Choose another slug',
  },
  forbidden: {
    kind: 'forbidden',
    title: 'Tried {operation}: your role is {role}, wanted {least} or more',
  },
  scopeMissing: {
    kind: 'forbidden',
    title: 'This token does not reach {scope}',
    hint: 'Make a token with this scope',
  },
  roleTooHigh: {
    kind: 'forbidden',
    title: 'Tried to give or change the role {role}: it may more than your own',
  },
  lastOwner: {
    kind: 'conflict',
    title: 'An organisation keeps at least one owner',
    hint: 'Make somebody else an owner first',
  },
  memberUnknown: {
    kind: 'not_found',
    title: 'There is no such member',
  },
  alreadyMember: {
    kind: 'conflict',
    title: '{email} is a member already',
  },
  invitationUnknown: {
    kind: 'not_found',
    title: 'There is no such invitation; it was used, revoked or has expired',
  },
  invitationAddress: {
    kind: 'forbidden',
    title: 'This invitation is for another address',
  },
  signInFirst: {
    kind: 'conflict',
    title: '{email} has an account',
    hint: 'Sign in with it, after resetting its password by mail if need be, and accept again; or name a password when there is none yet',
  },
  alreadySetUp: {
    kind: 'conflict',
    title: 'This instance has an owner',
    hint: 'Owners invite further people',
  },
  setupLinkWrong: {
    kind: 'forbidden',
    title: 'This setup link is not the current one, or its time is over',
    hint: 'ashlar setup-link prints a new one',
  },
  addressTaken: {
    kind: 'conflict',
    title: '{email} has an account',
    hint: 'Name another address',
  },
  unauthenticated: {
    kind: 'unauthenticated',
    title: 'Sign in at the control project, or send a personal token',
  },
  factorDue: {
    kind: 'forbidden',
    title: 'Tried to administer with the first factor alone: the account has a second one',
    hint: 'Show the second factor, then ask again',
  },
  personNeeded: {
    kind: 'forbidden',
    title: 'A personal token makes and revokes no tokens',
    hint: 'Sign in',
  },
  inputWrong: {
    kind: 'malformed',
    title: 'Tried to read {place}: {reason}',
  },
  routeUnknown: {
    kind: 'not_found',
    title: '{method} {path} leads nowhere',
  },
  keyUnknown: {
    kind: 'not_found',
    title: 'There is no such key in force',
  },
  projectStatus: {
    kind: 'conflict',
    title: 'Project "{ref}" is {status}, wanted {wanted}',
  },
  secretUnknown: {
    kind: 'not_found',
    title: 'There is no secret {name}',
  },
  tooMany: {
    kind: 'conflict',
    title: 'There are {limit} {what} already, which is the limit',
  },
  settingUnknown: {
    kind: 'malformed',
    title: 'There is no setting {name}',
  },
  settingPinned: {
    kind: 'conflict',
    title: 'Setting {name} is fixed by the operator of this instance',
  },
  settingWrong: {
    kind: 'malformed',
    title: 'Setting {name} will not do: {reason}',
  },
  settingsChanged: {
    kind: 'precondition',
    title: 'The settings are at version {found}, wanted {version}',
    hint: 'Read them again',
  },
  masterKeyChanged: {
    kind: 'conflict',
    title: 'The master keys were changed by somebody else meanwhile',
    hint: 'Try again',
  },
  masterKeyMissing: {
    kind: 'internal',
    title: 'Master key {id} is needed and not there',
    hint: 'Restore the key file or the vault from a backup',
  },
  vaultUnusable: {
    kind: 'unavailable',
    title: 'Tried to reach the vault: {reason}',
  },
  migrationUnknown: { kind: 'not_found', title: 'There is no recorded migration {version}' },
  databaseSlow: {
    kind: 'timeout',
    title: "The project's database took longer than the time this may take; nothing was changed",
  },
  databaseLocked: {
    kind: 'conflict',
    title: 'Somebody else holds a lock this needs, and went on holding it; nothing was changed',
    hint: 'Try again, or allow more time to wait for locks',
    retryable: true,
  },
  sqlEmpty: { kind: 'malformed', title: 'Tried to run SQL: found no statement' },
  sqlTooMany: { kind: 'malformed', title: 'Tried to run SQL: found {found} statements, wanted at most {limit}' },
  sqlNotReading: {
    kind: 'forbidden',
    title: 'Tried to run "{statement}" for reading: wanted SELECT, WITH, VALUES, TABLE, EXPLAIN or SHOW',
    hint: 'Developers may run it as the owner or as a role of the API',
  },
  sqlBusy: {
    kind: 'rate_limited',
    title: 'As many statements run already as may at once',
    hint: 'Wait for one of them, or cancel it',
    retryable: true,
  },
  sqlIdTaken: { kind: 'conflict', title: 'A run with this id is under way', hint: 'Choose another id' },
  sqlUnknown: {
    kind: 'not_found',
    title: 'No run of yours with this id is under way here',
  },
  suiteUnknown: {
    kind: 'not_found',
    title: 'There is no suite {name}',
    hint: 'The list of suites names those there are',
  },
  suiteWithoutDemo: { kind: 'unprocessable', title: 'Suite {suite} has no part in the demonstration shop' },
});
