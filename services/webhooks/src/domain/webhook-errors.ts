import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  accessDenied: {
    kind: 'forbidden',
    title: 'Webhooks are managed with the secret key',
    hint: 'Send the secret key, or a token of service_role',
  },
  invalidRequest: { kind: 'malformed', title: '{detail}' },
  notFound: { kind: 'not_found', title: 'There is no {what} {id}' },
  routeUnknown: { kind: 'not_found', title: 'There is nothing at {method} {path}' },
  urlRefused: {
    kind: 'unprocessable',
    title: 'The address is refused: {reason}',
    hint: 'Give a public https address; an operator may allow others with the option outbound-allow',
  },
  headerRefused: { kind: 'unprocessable', title: 'The header {name} is refused: {reason}' },
  tableUnknown: { kind: 'unprocessable', title: 'There is no table {table}' },
  tableRefused: {
    kind: 'unprocessable',
    title: 'Changes of {table} cannot be followed: {reason}',
    hint: "It takes a table service_role may read and the project's owner may make triggers on",
  },
  tooMany: { kind: 'conflict', title: 'A project has at most {most} {what}' },
  endpointDisabled: {
    kind: 'conflict',
    title: 'Endpoint {id} is disabled',
    hint: 'Enable it first',
  },
  secretsSealed: {
    kind: 'internal',
    title: "The endpoint's secrets cannot be opened with the key of this instance",
    hint: 'Rotate its secret and write its headers anew',
  },
  deliveryPending: { kind: 'conflict', title: 'Delivery {id} is still to be made' },
} as const;

/** Every refusal of this service. */
export const webhookErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'webhooks',
  catalogue,
);
