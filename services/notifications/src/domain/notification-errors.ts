import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  requestInvalid: { kind: 'malformed', title: '{detail}' },
  accessDenied: {
    kind: 'forbidden',
    title: '{detail}',
    hint: 'Sending and settings take a secret key of the project.',
  },
  notFound: { kind: 'not_found', title: 'There is no {what} {name} here' },
  conflict: { kind: 'conflict', title: '{detail}' },
  notWaiting: { kind: 'conflict', title: 'Message {id} waits no more', hint: 'Only queued messages can be cancelled.' },
  notOver: {
    kind: 'conflict',
    title: 'Message {id} is still on its way',
    hint: 'Only finished messages can be replayed.',
  },
  tooLarge: { kind: 'too_large', title: '{detail}' },
  signatureInvalid: { kind: 'unauthenticated', title: 'The signature of this report does not hold' },
  tokenInvalid: { kind: 'malformed', title: 'This link is not one of ours, or was cut short' },
  settingsUnreadable: {
    kind: 'unavailable',
    title: 'The {section} settings of notifications were sealed with a key the project no longer has',
    hint: 'Write them anew.',
  },
  templateUnknown: { kind: 'not_found', title: 'There is no template {name}' },
  templateFailed: { kind: 'unprocessable', title: 'Template {name} ({locale}): {reason}' },
  databaseTimeout: { kind: 'timeout', title: 'The database took too long to answer', retryable: true },
} as const;

/** Every refusal of this service. */
export const notificationErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'notifications',
  catalogue,
);
