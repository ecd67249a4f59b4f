import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  accessDenied: {
    kind: 'forbidden',
    title: 'Contracts are registered with the secret key',
    hint: 'Send the secret key, or a token of service_role',
  },
  invalidRequest: { kind: 'malformed', title: '{detail}' },
  notFound: { kind: 'not_found', title: 'There is no {what} {id}' },
  routeUnknown: { kind: 'not_found', title: 'There is nothing at {method} {path}' },
  documentMalformed: { kind: 'unprocessable', title: 'This is no {format} document: {reason}' },
  documentTooLarge: { kind: 'too_large', title: 'The document has more than {most} {what}' },
  tooComplex: {
    kind: 'unprocessable',
    title: 'Comparing the documents takes more than {most} steps',
    hint: 'Divide the contract, or register it under a new subject',
  },
  formatDiffers: { kind: 'conflict', title: 'Subject {subject} holds {found}, not {wanted}' },
  visibilityDiffers: {
    kind: 'conflict',
    title: 'Subject {subject} is {found}, not {wanted}',
    hint: 'Who may read a subject is settled with its first version',
  },
  versionTaken: {
    kind: 'conflict',
    title: 'Version {version} of {subject} is another document',
    hint: 'A version never changes; register this document as a later one',
  },
  versionBehind: {
    kind: 'conflict',
    title: 'Version {version} of {subject} comes after {latest}, which is there already',
    hint: 'Choose a version above {latest}',
  },
  incompatible: {
    kind: 'conflict',
    title: 'Version {version} of {subject} breaks what {latest} promised: {changes}',
    hint: 'Keep what was promised, or register it as version {next}',
  },
  tooMany: { kind: 'conflict', title: 'There are {most} {what} already' },
} as const;

/** Every refusal of this service. */
export const registryErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'registry',
  catalogue,
);
