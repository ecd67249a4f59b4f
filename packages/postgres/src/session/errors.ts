import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type SessionError =
  | 'unavailable'
  | 'connectionLost'
  | 'queueFull'
  | 'queueTimeout'
  | 'closed'
  | 'tooManyValues'
  | 'transactionAborted';

export const sessionErrors: Readonly<Record<SessionError, ErrorFactory>> = defineErrors('postgres', {
  unavailable: {
    kind: 'unavailable',
    title: 'Could not connect to database {database}: {reason}',
    retryable: true,
  },
  connectionLost: {
    kind: 'unavailable',
    title: 'The connection to PostgreSQL ended before the answer: {reason}',
    hint: 'Whether a write took effect is unknown; read it back before repeating it.',
  },
  queueFull: {
    kind: 'unavailable',
    title: 'Database {database} has {waiting} requests waiting for a connection, its limit',
    retryable: true,
  },
  queueTimeout: {
    kind: 'timeout',
    title: 'No connection to database {database} became free within {waitedMs} ms',
    retryable: true,
  },
  closed: {
    kind: 'unavailable',
    title: 'The sessions of database {database} are closed: the process is shutting down',
  },
  tooManyValues: {
    kind: 'too_large',
    title: 'A statement has {count} values; PostgreSQL takes {limit}',
  },
  transactionAborted: {
    kind: 'internal',
    title: 'The transaction was rolled back because one of its statements had failed before',
    hint: 'Let the error of a failed query leave the callback, or use a savepoint.',
  },
});
