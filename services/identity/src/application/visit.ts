import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { IdentitySettings } from '../domain/settings.ts';
import type { ClientTrace } from '../domain/session.ts';
import type { LeakedPasswords } from './leaked-passwords.ts';
import type { SettingsReader } from './identity-settings.ts';
import type { CallHook } from './hooks.ts';
import type { ProviderClient } from './provider-client.ts';
import type { Mailbox } from './mailbox.ts';
import type { Cause, InTransaction } from './stores.ts';
import type { SwiftRefresh } from './swift-refresh.ts';
import type { AskVerificationHook } from './verification-hook.ts';
import type { WebAuthn } from './web-authn.ts';

/** What a use case must know of the request it serves. */
export interface Visit extends Cause {
  /** `iss` of the tokens issued: the public address of this service for the project. */
  readonly issuer: string;
  readonly client: ClientTrace;
  /** In force when the request came. */
  readonly settings: IdentitySettings;
}

/** Whether a transaction happens for a client, and not for housekeeping. */
export function isVisit(cause: Cause): cause is Visit {
  return 'client' in cause;
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
export type SignToken = (project: Project, claims: Readonly<Record<string, unknown>>) => string;

export interface IdentityParts {
  readonly inTransaction: InTransaction;
  readonly swiftRefresh: SwiftRefresh;
  readonly callHook: CallHook;
  readonly settings: SettingsReader;
  readonly passwords: PasswordHasher;
  readonly leakedPasswords: LeakedPasswords;
  readonly signToken: SignToken;
  readonly webAuthn: WebAuthn;
  /** Has a word on every answer to a second factor. */
  readonly askVerificationHook?: AskVerificationHook;
  readonly providers: ProviderClient;
  readonly now: () => Date;
  readonly observe: Observe;
  /** Whether the operator said where clients reach the server; otherwise a request's Host is all there is. */
  readonly knowsPublicUrl: boolean;
  /** Catches messages on a developer's machine; null elsewhere. */
  readonly mailbox: Mailbox | null;
}

/** Reports a security event to whoever listens; the lasting record is the audit row in the event's transaction. */
export function report(
  parts: Pick<IdentityParts, 'observe'>,
  visit: Visit,
  event: string,
  subject: string | null,
): void {
  parts.observe({
    kind: 'identity.security',
    project: visit.project.ref,
    event,
    subject,
    address: visit.client.address,
  });
}
