import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  urlInvalid: {
    kind: 'malformed',
    title: 'The address cannot be asked: {reason}',
    hint: 'Give an https address with a plain host name, without user name and password',
  },
  addressRefused: {
    kind: 'forbidden',
    title: '{host} is not a public address',
    hint: 'An operator may allow a private host with the option outbound-allow',
  },
  nameUnknown: { kind: 'unavailable', title: 'The name {host} has no address', retryable: true },
  unreachable: { kind: 'unavailable', title: '{host} could not be reached', retryable: true },
  timeout: { kind: 'timeout', title: '{host} did not answer within {timeoutMs} ms', retryable: true },
  tooLarge: { kind: 'too_large', title: 'The answer of {host} is larger than {maxBytes} bytes' },
} as const;

/** Why a request to an address somebody else chose was not made, or came to nothing. */
export const outboundErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'outbound',
  catalogue,
);
