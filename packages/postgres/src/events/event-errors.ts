import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type EventError = 'subscriptionInvalid' | 'deadLetterUnknown';

export const eventErrors: Readonly<Record<EventError, ErrorFactory>> = defineErrors('events', {
  subscriptionInvalid: {
    kind: 'internal',
    title: 'The subscription {consumer} cannot be served: {reason}',
  },
  deadLetterUnknown: {
    kind: 'not_found',
    title: 'Consumer {consumer} has no dead letter {eventId}',
  },
});
