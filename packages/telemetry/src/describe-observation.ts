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
  'request.shed': {
    level: 'warn',
    message: ({ service }) => `Too busy: told a caller of ${service} to come again`,
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
  'studio.built': { level: 'info', message: ({ durationMs }) => `Built Studio in ${ms(durationMs)}` },
  'studio.unbuilt': { level: 'error', message: () => 'Studio could not be built' },
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
  'stream.reading': {
    level: 'debug',
    message: ({ project, slot, isContinued }) =>
      `Reading the log of ${project} through ${slot}, ${isContinued ? 'from where it was left' : 'from now on'}`,
  },
  'stream.lost': {
    level: 'warn',
    message: ({ project, retryInMs, error }) =>
      `Lost the log of ${project}, next attempt in ${ms(retryInMs)}: ${reasonOf(error)}`,
  },
  'stream.gap': {
    // Without a slot is how a project begins, and wakes from its rest.
    level: ({ reason }) => (reason === 'no-slot' ? 'debug' : 'warn'),
    message: ({ project, reason }) =>
      `The log of ${project} does not go on where it was left (${reason}); events are read again from events.log`,
  },
  'stream.measured': {
    level: ({ walStatus }) => (walStatus === 'reserved' ? 'debug' : 'warn'),
    message: ({ project, retainedBytes, walStatus }) =>
      `PostgreSQL keeps ${Math.round(retainedBytes / 1_048_576)} MiB of log for ${project} (${walStatus})`,
  },
  'suite.contracts-refused': {
    level: 'warn',
    message: ({ project, suite, error }) =>
      `The registry of ${project} refuses the contracts of ${suite}: ${reasonOf(error)}`,
  },
  'stream.consumer-failed': {
    level: 'error',
    message: ({ project, consumer, error }) => `${consumer} failed on the log of ${project}: ${reasonOf(error)}`,
  },
  'event.failed': {
    level: ({ isDead }) => (isDead ? 'error' : 'warn'),
    message: ({ consumer, type, eventId, attempts, isDead, error }) =>
      `${consumer} failed on ${type} ${eventId}, attempt ${attempts}${isDead ? ', given up' : ''}: ${reasonOf(error)}`,
  },
  'event.version-gap': {
    level: 'warn',
    message: ({ consumer, type, eventId, version, waitedMs }) =>
      `${consumer} is given ${type} ${eventId} of version ${version}, though the one before did not come within ${waitedMs} ms`,
  },
  // Every start and every rest of a project leaves all of them behind for a moment.
  'event.consumer-behind': {
    level: 'debug',
    message: ({ project, consumer }) => `${consumer} of ${project} is behind and reads events.log`,
  },
  'event.consumer-caught-up': {
    level: 'debug',
    message: ({ project, consumer }) => `${consumer} of ${project} has caught up`,
  },
  'bus.connected': {
    level: 'info',
    message: ({ server, dropped }) =>
      `Connected to NATS at ${server}${dropped === 0 ? '' : `; ${dropped} messages were dropped meanwhile`}`,
  },
  'bus.lost': {
    level: 'warn',
    message: ({ server, error }) => `Lost NATS at ${server}: ${reasonOf(error)}`,
  },
  'bus.handler-failed': {
    level: 'error',
    message: ({ subject, error }) => `A handler of messages about ${subject} failed: ${reasonOf(error)}`,
  },
  'keys.sweep-failed': {
    level: 'warn',
    message: ({ project, error }) => `Could not forget old idempotency keys of ${project}: ${reasonOf(error)}`,
  },
  'identity.unswept': {
    level: 'warn',
    message: ({ project, error }) => `Could not forget old sessions of ${project}: ${reasonOf(error)}`,
  },
  'realtime.unmaintained': {
    level: 'warn',
    message: ({ project, error }) => `Could not put the stored messages of ${project} in order: ${reasonOf(error)}`,
  },
  'realtime.undelivered': {
    level: 'warn',
    message: ({ project, error }) => `Could not tell clients what was committed in ${project} yet: ${reasonOf(error)}`,
  },
  'storage.unswept': {
    level: 'warn',
    message: ({ project, error }) => `Could not look through the files of ${project}: ${reasonOf(error)}`,
  },
  'storage.swept': {
    level: 'info',
    message: ({ project, removedFiles, missingFiles }) =>
      `Removed ${removedFiles} files without an object from ${project}; ${missingFiles} objects miss their file`,
  },
  'setup.wanted': { level: 'info', message: ({ url }) => `Nobody owns this instance yet: set it up at ${url}` },
  'control.work-failed': {
    level: 'warn',
    message: ({ work, error }) => `Work of the control plane failed (${work}): ${reasonOf(error)}`,
  },
  'project.created': { level: 'info', message: ({ project }) => `Created project ${project}` },
  'project.removed': { level: 'info', message: ({ project }) => `Removed project ${project}` },
  'project.woken': { level: 'debug', message: ({ project }) => `Project ${project} is awake` },
  'project.idled': { level: 'debug', message: ({ project }) => `Project ${project} rests: its connections are closed` },
  'outbound.failed': {
    level: 'warn',
    message: ({ host, code, durationMs }) => `A request to ${host} failed after ${ms(durationMs)}: ${code}`,
  },
  'message.sent': {
    level: 'info',
    message: ({ project, channel, template, attempt, durationMs }) =>
      `Sent ${channel} ${template} of ${project} in ${ms(durationMs)}, attempt ${attempt}`,
  },
  'message.logged': {
    level: 'info',
    message: ({ project, channel, template }) =>
      `Would send ${channel} ${template} of ${project}: the log is its way out`,
  },
  'message.delayed': {
    level: 'warn',
    message: ({ project, channel, template, attempt, reason }) =>
      `Could not send ${channel} ${template} of ${project} in attempt ${attempt}, will try again: ${reason}`,
  },
  'message.dropped': {
    level: 'error',
    message: ({ project, channel, template, attempt, reason }) =>
      `Gave up ${channel} ${template} of ${project} after attempt ${attempt}: ${reason}`,
  },
  'template.broken': {
    level: 'warn',
    message: ({ project, template, reason }) =>
      `The mail template ${template} of ${project} cannot be used, the built-in one was: ${reason}`,
  },
  'webhooks.interrupted': {
    level: 'warn',
    message: ({ project, error }) => `Webhooks of ${project} wait: ${reasonOf(error)}`,
  },
  'webhooks.disabled': {
    level: 'warn',
    message: ({ project, endpointId, reason }) =>
      `Webhook endpoint ${endpointId} of ${project} was disabled: ${reason}`,
  },
  'outbox.stuck': {
    level: 'warn',
    message: ({ project, error }) => `Messages of ${project} wait outside the queue: ${reasonOf(error)}`,
  },
  'jobs.started': {
    level: 'debug',
    message: ({ tasks, durationMs }) => `Doing jobs (${tasks.join(', ')}) after ${ms(durationMs)}`,
  },
  'jobs.interrupted': {
    level: 'warn',
    message: ({ error, retryInMs }) => `Jobs are interrupted, next attempt in ${ms(retryInMs)}: ${reasonOf(error)}`,
  },
  'jobs.taken-over': {
    level: 'warn',
    message: ({ workers }) => `Took over the jobs of ${workers} processes that ended without a word`,
  },
  'jobs.log': { level: ({ level }) => level, message: ({ line }) => line },
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
