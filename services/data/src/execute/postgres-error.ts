import { AshlarError } from '@ashlar/kernel';
import { RestError } from '../rest-error.ts';
import { restErrors } from '../rest-errors.ts';
import { REFUSAL_STATES } from '../sql/compile.ts';

/** What the driver's DatabaseError carries of PostgreSQL's message. */
interface ServerError extends Error {
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
}

const RETRY_AFTER_SECONDS = '1';

/**
 * A failure of the database as the client reads it; null when it is no failure of the database.
 *
 * @param isAnonymous Nobody is signed in: what is forbidden then may be allowed after signing in.
 */
export function restErrorOf(error: unknown, isAnonymous: boolean): RestError | null {
  if (error instanceof RestError) return error;
  if (error instanceof AshlarError) return sessionError(error);
  return isServerError(error) ? serverError(error, isAnonymous) : null;
}

function isServerError(error: unknown): error is ServerError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
  );
}

function sessionError({ code, kind, message }: AshlarError): RestError | null {
  if (kind === 'timeout') {
    return new RestError({
      status: 504,
      code: 'PGRST003',
      message: 'Timed out acquiring connection from connection pool.',
    });
  }
  if (kind !== 'unavailable') return null;
  const isLost = code === 'postgres.connection_lost';
  return new RestError({
    status: 503,
    code: isLost ? 'PGRST001' : 'PGRST000',
    message: isLost
      ? 'Database client error. Retrying the connection.'
      : 'Database connection error. Retrying the connection.',
    details: message,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
  });
}

function serverError(error: ServerError, isAnonymous: boolean): RestError {
  const { code, message } = error;
  if (code === REFUSAL_STATES['one-row']) return restErrors.notOneRow(message);
  if (code === REFUSAL_STATES['max-affected']) return restErrors.maxAffectedExceeded(message);
  if (code === 'PGRST') return raisedError(error);
  const status = statusOf(code, message, isAnonymous);
  return new RestError({
    status,
    code,
    message,
    details: error.detail,
    hint: error.hint,
    headers: headersOf(status),
    ...(code.startsWith('PT') ? { statusText: message } : {}),
  });
}

function headersOf(status: number): Readonly<Record<string, string>> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  return status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};
}

/** PostgREST's published table from SQLSTATE to status; the first rule that fits counts. */
function statusOf(state: string, message: string, isAnonymous: boolean): number {
  switch (state) {
    case '23503':
    case '23505':
      return 409;
    case '25006':
      return 405;
    case '21000':
      return message.endsWith('requires a WHERE clause') ? 400 : 500;
    case '22023':
      return /^role .* does not exist$/.test(message) ? 401 : 400;
    case '53400':
    case '42P17':
      return 500;
    case '57P01':
      return 503;
    case 'P0001':
      return 400;
    case '42883':
    case '42P01':
      return 404;
    case '42501':
      return isAnonymous ? 401 : 403;
    default:
      return state.startsWith('PT') ? customStatus(state) : statusOfClass(state.slice(0, 2));
  }
}

const STATUS_OF_CLASS: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
};

function statusOfClass(stateClass: string): number {
  return STATUS_OF_CLASS[stateClass] ?? 400;
}

/** `RAISE SQLSTATE 'PT402'` answers 402. */
function customStatus(state: string): number {
  const status = Number(state.slice(2));
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
}

/** `RAISE SQLSTATE 'PGRST'`: the function wrote body, status and headers itself, as JSON in message and detail. */
function raisedError({ message, detail }: ServerError): RestError {
  const body = readObject(message);
  const answer = readObject(detail ?? '');
  if (body === null || typeof body['code'] !== 'string' || typeof body['message'] !== 'string') {
    return restErrors.unreadableRaise(`Invalid JSON value for MESSAGE: '${message}'`);
  }
  const { status, headers = {}, status_text: statusText } = answer ?? {};
  if (typeof status !== 'number' || !isTextRecord(headers)) {
    return restErrors.unreadableRaise(`Invalid JSON value for DETAIL: '${detail ?? ''}'`);
  }
  return new RestError({
    status,
    code: body['code'],
    message: body['message'],
    details: body['details'],
    hint: body['hint'],
    headers,
    ...(typeof statusText === 'string' ? { statusText } : {}),
  });
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    // An object that is no array has string keys, whatever its values are.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'string')
  );
}
