import type { ClientTrace, Session } from '../domain/session.ts';

export interface NewImpersonation {
  readonly session: Session;
  readonly client: ClientTrace;
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
  readonly endsAt: Date;
}

export interface ImpersonationStore {
  /** Opens the session too; it has no refresh token. */
  open(impersonation: NewImpersonation): Promise<void>;
}
