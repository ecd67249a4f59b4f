import type { Actor } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';

/** Handlers a use case is reached through, as the audit trail names them. */
export type Via = 'http' | 'graphql' | 'grpc' | 'mcp' | 'cli' | 'job' | 'event' | 'schedule' | 'saga' | 'hook' | 'test';

/** Who asks, whatever the handler: a database role and the claims its row-level security reads. */
export interface InvocationCaller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a handler has to find out before it can hand an input on; the rest is the runtime's. */
export interface Invocation {
  readonly database: ProjectDatabase;
  readonly caller: InvocationCaller;
  readonly via: Via;
  readonly requestId: string;
  /** Id its events share with those of the business process it is a step of. */
  readonly correlationId?: string | undefined;
  /** Organisation wished for; a user has to be a member of it. */
  readonly orgId?: string | undefined;
  /** Of a command: repeated with the same input it is answered from memory. */
  readonly idempotencyKey?: string | undefined;
  /** The key is remembered for good, and not for a day. */
  readonly keyLasts?: boolean;
  /** Everything is done and then undone; nothing is remembered, not even the key. */
  readonly dryRun?: boolean;
  readonly traceparent?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Another use case waits for it in the middle of its transaction. */
  readonly isNested?: boolean;
  /** Decided elsewhere (an event, a schedule): the permission is not asked for again. */
  readonly trusted?: boolean;
}

export function actorOf({ caller, trusted }: Pick<Invocation, 'caller' | 'trusted'>): Actor {
  const { sub } = caller.claims;
  const id = typeof sub === 'string' ? sub : null;
  if (id !== null && (caller.role === 'authenticated' || trusted === true)) return { kind: 'user', id };
  if (trusted === true) return { kind: 'system', id: null };
  return { kind: caller.role === 'service_role' ? 'service' : 'anon', id: null };
}
