import { notificationErrors } from '../domain/notification-errors.ts';

interface ServerRefusal extends Error {
  readonly code: string;
  readonly constraint?: string;
}

/** What PostgreSQL refused, in the words of this surface; any other error as it is. */
export function translateRefusal(error: unknown): unknown {
  if (!isRefusedByServer(error)) return error;
  const cause = { cause: error };
  // 22…: a value that is none of what it should be, or which a function of ours refused.
  if (error.code.startsWith('22')) return notificationErrors.requestInvalid({ detail: error.message }, cause);
  switch (error.code) {
    case '23514':
    case '23502':
      return notificationErrors.requestInvalid({ detail: sayConstraint(error) }, cause);
    case '23503':
      return notificationErrors.requestInvalid({ detail: 'There is no category of this name' }, cause);
    case '23505':
      return notificationErrors.conflict({ detail: error.message }, cause);
    case '42501':
      return notificationErrors.accessDenied({ detail: error.message }, cause);
    case '54000':
      return notificationErrors.requestInvalid({ detail: error.message }, cause);
    case '57014':
    case '55P03':
      return notificationErrors.databaseTimeout({}, cause);
    default:
      return error;
  }
}

/** `messages_recipient_check` is about `recipient`. */
function sayConstraint({ constraint = '', message }: ServerRefusal): string {
  const column = /^[a-z]+?_(.+)_check\d*$/.exec(constraint)?.[1];
  return column === undefined ? message : `${column} is too long, empty, or has characters that may not be in it`;
}

function isRefusedByServer(error: unknown): error is ServerRefusal {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}
