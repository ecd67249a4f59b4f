import type { Observation } from './observation.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a log says of one observation: how loud, the sentence, and the figures a machine reads beside it. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

// An intersection and not `Extract`, because some members of the union share their shape among several kinds.
type Told<Kind extends Observation['kind']> = Observation & { readonly kind: Kind };

interface Telling<Kind extends Observation['kind']> {
  readonly level: LogLevel | ((observation: Told<Kind>) => LogLevel);
  readonly message: (observation: Told<Kind>) => string;
}

/** The whole wording of the log: adding a kind of observation makes this table a type error until it has a line. */
const TELLINGS: { readonly [Kind in Observation['kind']]: Telling<Kind> } = {
  'process.started': {
    level: 'info',
    message: ({ services, url, durationMs }) => `Serving ${services.join(', ')} at ${url} after ${ms(durationMs)}`,
  },
  'process.stopping': { level: 'info', message: ({ reason }) => `Stopping: ${reason}` },
  'process.stopped': { level: 'info', message: ({ durationMs }) => `Stopped in ${ms(durationMs)}` },
  'request.answered': {
    // A refused caller is everyday life; only an answer that blames ourselves is worth waking somebody for.
    level: ({ status }) => (status >= 500 ? 'error' : 'info'),
    message: ({ method, path, status, durationMs, bytes, role }) =>
      `${method} ${path} ${status} in ${ms(durationMs)}, ${bytes} B, ${role}`,
  },
  'request.failed': {
    level: 'error',
    message: ({ service, requestId, error }) =>
      `Unexpected failure in ${service}, request ${requestId}: ${reasonOf(error)}`,
  },
  'request.unreadable': {
    level: 'info',
    message: ({ status, reason, address }) => `${address} sent no HTTP request: ${reason}, answered ${status}`,
  },
  'postgres.starting': { level: 'info', message: ({ port }) => `PostgreSQL is starting on port ${port}` },
  'postgres.ready': {
    level: 'info',
    message: ({ version, port, durationMs }) =>
      `PostgreSQL ${version} is ready on port ${port} after ${ms(durationMs)}`,
  },
  'postgres.exited': {
    level: 'error',
    message: ({ code, signal, restartInMs }) =>
      `PostgreSQL ended (${signal ?? `exit code ${code ?? 'unknown'}`}); starting it again in ${ms(restartInMs)}`,
  },
  'postgres.log': { level: 'debug', message: ({ line }) => line },
  'session.connected': {
    level: 'debug',
    message: ({ database, login, durationMs }) => `Connected to ${database} as ${login} in ${ms(durationMs)}`,
  },
  'session.lost': {
    level: 'warn',
    message: ({ database, login, retryInMs, error }) =>
      `Lost a connection to ${database} as ${login}, next attempt in ${ms(retryInMs)}: ${reasonOf(error)}`,
  },
  'session.refused': {
    level: 'warn',
    message: ({ database, reason }) => `A call to ${database} was turned away: ${reason}`,
  },
  'feature.off': {
    level: 'warn',
    message: ({ feature, reason, remedy }) => `${feature} is off: ${reason}. ${remedy}`,
  },
  'migration.applied': {
    level: 'info',
    message: ({ database, owner, version, durationMs }) =>
      `Applied migration ${owner} ${version} to ${database} in ${ms(durationMs)}`,
  },
  'snapshot.loaded': {
    level: 'debug',
    message: ({ project, tables, functions, durationMs }) =>
      `Read the schema of ${project}: ${tables} tables, ${functions} functions in ${ms(durationMs)}`,
  },
  'snapshot.failed': {
    level: 'error',
    message: ({ project, error }) => `Could not read the schema of ${project}: ${reasonOf(error)}`,
  },
  'events.maintained': {
    level: 'debug',
    message: ({ project, droppedDays }) => `The event log of ${project} is in order; ${droppedDays} days left it`,
  },
  'events.unmaintained': {
    level: 'warn',
    message: ({ project, error }) => `Could not put the event log of ${project} in order: ${reasonOf(error)}`,
  },
  'keys.sweep-failed': {
    level: 'warn',
    message: ({ project, error }) => `Could not forget old idempotency keys of ${project}: ${reasonOf(error)}`,
  },
  'project.created': { level: 'info', message: ({ project }) => `Created project ${project}` },
  'project.removed': { level: 'info', message: ({ project }) => `Removed project ${project}` },
  'project.woken': { level: 'debug', message: ({ project }) => `Project ${project} is awake` },
  'project.idled': { level: 'debug', message: ({ project }) => `Project ${project} rests: its connections are closed` },
  'identity.security': {
    level: 'warn',
    message: ({ project, event, subject, address }) =>
      `${event} in ${project} by ${subject ?? 'an unknown account'} from ${address}`,
  },
};

/** Turns a fact into a log entry: pure, so what a log says can be tested without one. */
export function describeObservation(observation: Observation): LogEntry {
  // The table's type pairs each kind with its own telling; TypeScript cannot follow that through an index access.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const telling = TELLINGS[observation.kind] as Telling<Observation['kind']>;
  return {
    level: typeof telling.level === 'function' ? telling.level(observation) : telling.level,
    message: telling.message(observation),
    // The fact itself and no copy: this runs once per request.
    fields: 'error' in observation ? { ...observation, error: serializeError(observation.error) } : observation,
  };
}

function ms(duration: number): string {
  return duration < 10 ? `${duration.toFixed(1)} ms` : `${Math.round(duration)} ms`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MAX_CAUSES = 5;

/** Errors do not survive JSON by themselves; the chain of causes is where the reason usually is. */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    name: error.name,
    message: error.message,
    // Only what JSON can hold whatever it is: a log line is no place for a second failure.
    ...('code' in error ? { code: String(error.code) } : {}),
    stack: error.stack,
    ...(error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: serializeError(error.cause, depth + 1) }),
  };
}
