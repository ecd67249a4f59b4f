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
  | { readonly kind: 'snapshot.failed' | 'keys.sweep-failed'; readonly project: string; readonly error: unknown }
  | { readonly kind: 'events.maintained'; readonly project: string; readonly droppedDays: number }
  | { readonly kind: 'events.unmaintained'; readonly project: string; readonly error: unknown }
  | {
      readonly kind: 'project.created' | 'project.removed' | 'project.woken' | 'project.idled';
      readonly project: string;
    }
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
