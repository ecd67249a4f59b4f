import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { ClientTrace } from '../domain/session.ts';
import type { Cause, InTransaction } from './stores.ts';

/** What a use case must know of the request it serves. */
export interface Visit extends Cause {
  /** `iss` of the tokens issued: the public address of this service for the project. */
  readonly issuer: string;
  readonly client: ClientTrace;
}

/** Computes and checks password hashes, off the event loop and a bounded number at a time. */
export interface PasswordHasher {
  /** @throws {AshlarError} `identity.over_request_rate_limit` or `identity.request_timeout` when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the hash. Null, or a hash no one can verify, costs the work of a real one and is
   * false, so that the time of an answer does not tell whether there is an account.
   */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** Signs claims with the project's current key; returns the compact form. */
export type SignToken = (project: Project, claims: Readonly<Record<string, unknown>>) => Promise<string>;

export interface IdentityParts {
  readonly inTransaction: InTransaction;
  readonly passwords: PasswordHasher;
  readonly signToken: SignToken;
  readonly now: () => Date;
  readonly observe: Observe;
}

/** Reports a security event to whoever listens; the lasting record is the audit row in the event's transaction. */
export function report(parts: IdentityParts, visit: Visit, event: string, subject: string | null): void {
  parts.observe({
    kind: 'identity.security',
    project: visit.project.ref,
    event,
    subject,
    address: visit.client.address,
  });
}
