import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type BusError = 'subjectInvalid' | 'messageTooLarge' | 'relayUnsupported' | 'notOurs';

export const busErrors: Readonly<Record<BusError, ErrorFactory>> = defineErrors('bus', {
  subjectInvalid: {
    kind: 'internal',
    title: 'The subject {subject} is none: words of A-Z a-z 0-9 _ - with dots in between, at most 255 characters',
  },
  notOurs: {
    kind: 'forbidden',
    title:
      'A message about {subject} was not signed by a process of this instance, came late or a second time; it was dropped',
    hint: 'Give all processes the same secret, set their clocks, and let nobody else in to the NATS server',
  },
  messageTooLarge: {
    kind: 'too_large',
    title: 'A message of {sizeBytes} bytes is too large for the bus, which takes {limitBytes}',
  },
  relayUnsupported: {
    kind: 'unavailable',
    title: 'The NATS server does not keep the log of events as asked: {option} came back otherwise',
    hint: 'Use NATS 2.9 or later with JetStream; remove a stream of this name that somebody else made.',
  },
});
