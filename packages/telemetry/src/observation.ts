/**
 * Everything worth noticing, as facts. Code reports an observation; what becomes of it (a log line, a counter, a
 * span) is decided in one place by whoever listens. Members carry ids and figures, never secrets, tokens or rows.
 */
export type Observation =
  | {
      readonly kind: 'process.started';
      readonly services: readonly string[];
      readonly url: string;
      readonly durationMs: number;
    }
  | { readonly kind: 'process.stopping'; readonly reason: string }
  | { readonly kind: 'process.stopped'; readonly durationMs: number }
  | {
      readonly kind: 'request.answered';
      readonly requestId: string;
      readonly traceId: string;
      readonly project: string;
      readonly service: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
      readonly bytes: number;
      readonly role: string;
      readonly address: string;
      /** Of the issued API key it came with. */
      readonly keyId?: string;
    }
  | {
      readonly kind: 'request.failed';
      readonly requestId: string;
      readonly traceId: string;
      readonly service: string;
      readonly error: unknown;
    }
  | {
      /** Bytes that were no HTTP request: no path, so no service and no id. */
      readonly kind: 'request.unreadable';
      readonly status: number;
      readonly reason: string;
      readonly address: string;
    }
  | {
      /** Turned away for want of time before it became a request; told once a second. */
      readonly kind: 'request.shed';
      readonly service: string;
    }
  | { readonly kind: 'postgres.starting'; readonly dataDir: string; readonly port: number }
  | {
      readonly kind: 'postgres.ready';
      readonly port: number;
      readonly pid: number;
      readonly durationMs: number;
      readonly version: string;
    }
  | {
      readonly kind: 'postgres.exited';
      readonly code: number | null;
      readonly signal: string | null;
      readonly restartInMs: number;
    }
  | { readonly kind: 'postgres.log'; readonly line: string }
  | {
      readonly kind: 'session.connected';
      readonly database: string;
      readonly login: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'session.lost';
      readonly database: string;
      readonly login: string;
      readonly error: unknown;
      readonly retryInMs: number;
    }
  | {
      readonly kind: 'session.refused';
      readonly database: string;
      readonly reason: 'queue-full' | 'queue-timeout' | 'disconnected';
    }
  | { readonly kind: 'studio.built'; readonly durationMs: number }
  | { readonly kind: 'studio.unbuilt'; readonly error: unknown }
  | { readonly kind: 'feature.off'; readonly feature: string; readonly reason: string; readonly remedy: string }
  | {
      readonly kind: 'migration.applied';
      readonly database: string;
      readonly owner: string;
      readonly version: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'snapshot.loaded';
      readonly project: string;
      readonly tables: number;
      readonly functions: number;
      readonly durationMs: number;
    }
  | {
      readonly kind:
        | 'snapshot.failed'
        | 'keys.sweep-failed'
        | 'identity.unswept'
        | 'realtime.unmaintained'
        | 'realtime.undelivered'
        | 'storage.unswept';
      readonly project: string;
      readonly error: unknown;
    }
  | {
      /** Files without a row that were removed, and rows whose file is missing. */
      readonly kind: 'storage.swept';
      readonly project: string;
      readonly removedFiles: number;
      readonly missingFiles: number;
    }
  | {
      /** The project has promised something else under the version this program calls its contracts; the suite serves. */
      readonly kind: 'suite.contracts-refused';
      readonly project: string;
      readonly suite: string;
      readonly error: unknown;
    }
  | { readonly kind: 'events.maintained'; readonly project: string; readonly droppedDays: number }
  | { readonly kind: 'events.unmaintained'; readonly project: string; readonly error: unknown }
  | {
      /** The log of a project comes; false: commits may have passed that nobody was told of. */
      readonly kind: 'stream.reading';
      readonly project: string;
      readonly slot: string;
      readonly isContinued: boolean;
    }
  | { readonly kind: 'stream.lost'; readonly project: string; readonly error: unknown; readonly retryInMs: number }
  | { readonly kind: 'stream.gap'; readonly project: string; readonly reason: string }
  | {
      readonly kind: 'stream.measured';
      readonly project: string;
      /** Log the server keeps for the project's durable consumers. */
      readonly retainedBytes: number;
      readonly walStatus: string;
    }
  | {
      readonly kind: 'stream.consumer-failed';
      readonly project: string;
      readonly consumer: string;
      readonly error: unknown;
    }
  | {
      readonly kind: 'event.failed';
      readonly project: string;
      readonly consumer: string;
      readonly type: string;
      readonly eventId: string;
      readonly attempts: number;
      /** Given up, until somebody replays it. */
      readonly isDead: boolean;
      readonly error: unknown;
    }
  | {
      /** An earlier version of its aggregate did not come in time; the event is delivered without it. */
      readonly kind: 'event.version-gap';
      readonly project: string;
      readonly consumer: string;
      readonly type: string;
      readonly eventId: string;
      /** Of the aggregate, that the event made. */
      readonly version: number;
      readonly waitedMs: number;
    }
  | {
      /** A consumer has more to do than it can hold; it reads the rest from the event log. */
      readonly kind: 'event.consumer-behind' | 'event.consumer-caught-up';
      readonly project: string;
      readonly consumer: string;
    }
  | {
      /** Messages between processes go their way again; so many of ours had nowhere to go. */
      readonly kind: 'bus.connected';
      readonly server: string;
      readonly dropped: number;
    }
  | { readonly kind: 'bus.lost'; readonly server: string; readonly error: unknown }
  | { readonly kind: 'bus.handler-failed'; readonly subject: string; readonly error: unknown }
  | {
      /** Whoever opens it makes the first owner; there is none yet. */
      readonly kind: 'setup.wanted';
      readonly url: string;
    }
  | {
      /** Background work of the control plane; it is tried again. */
      readonly kind: 'control.work-failed';
      readonly work: string;
      readonly error: unknown;
    }
  | {
      readonly kind: 'project.created' | 'project.removed' | 'project.woken' | 'project.idled';
      readonly project: string;
    }
  | {
      /** A request to an address somebody else chose; the code says whether it was refused or came to nothing. */
      readonly kind: 'outbound.failed';
      readonly host: string;
      readonly code: string;
      readonly durationMs: number;
    }
  | {
      /** A mail or text message was handed to its provider. */
      readonly kind: 'message.sent';
      readonly project: string;
      readonly channel: 'mail' | 'sms' | 'push';
      readonly template: string;
      readonly attempt: number;
      readonly durationMs: number;
    }
  | {
      /** It had no other way out than this line; what it says is not told. */
      readonly kind: 'message.logged';
      readonly project: string;
      readonly channel: 'mail' | 'sms' | 'push';
      readonly template: string;
    }
  | {
      /** It could not be handed over: now (`delayed`, it is tried again), or at all. */
      readonly kind: 'message.delayed' | 'message.dropped';
      readonly project: string;
      readonly channel: 'mail' | 'sms' | 'push';
      readonly template: string;
      readonly attempt: number;
      /** Without the address it was for. */
      readonly reason: string;
    }
  | {
      /** A project's own mail template cannot be rendered; the built-in one was sent. */
      readonly kind: 'template.broken';
      readonly project: string;
      readonly template: string;
      readonly reason: string;
    }
  | {
      /** Deliveries of a project wait: the database is away, or it is a fault of ours. */
      readonly kind: 'webhooks.interrupted';
      readonly project: string;
      readonly error: unknown;
    }
  | {
      readonly kind: 'webhooks.disabled';
      readonly project: string;
      readonly endpointId: string;
      readonly reason: 'gone' | 'failing';
    }
  | { readonly kind: 'outbox.stuck'; readonly project: string; readonly error: unknown }
  | { readonly kind: 'jobs.started'; readonly tasks: readonly string[]; readonly durationMs: number }
  | { readonly kind: 'jobs.interrupted'; readonly error: unknown; readonly retryInMs: number }
  | { readonly kind: 'jobs.taken-over'; readonly workers: number }
  | { readonly kind: 'jobs.log'; readonly level: 'warn' | 'error'; readonly line: string }
  | {
      readonly kind: 'identity.security';
      readonly project: string;
      readonly event: string;
      readonly subject: string | null;
      readonly address: string;
    };

/** Called for every observation; must not throw and must not block. */
export type Observe = (observation: Observation) => void;

/** For code under test that has nothing to report to. */
export const ignoreObservations: Observe = () => undefined;
