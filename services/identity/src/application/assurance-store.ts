import type { Session } from '../domain/session.ts';

/** A session as it stands in the database, which its tokens may be behind of. */
export interface HeldSession extends Session {
  /** The refresh token in force; null when the family was revoked. */
  readonly activeTokenHash: string | null;
}

/** How far sessions are proven, beyond what opened them. */
export interface AssuranceStore {
  /** Locks all sessions of the user, always in one order, and returns the one asked for, if any. */
  lockSessions(userId: string, sessionId: string | null): Promise<HeldSession | null>;
  /** The level a session stands at, whatever its token says; null when it is gone. */
  level(sessionId: string, userId: string): Promise<Session['assuranceLevel'] | null>;
  /** The session was proven by a factor too. */
  raise(sessionId: string, factorId: string, method: string, at: Date): Promise<void>;
  /** Ends the user's sessions that no second factor ever proved. */
  endUnproven(userId: string): Promise<void>;
  /** Sessions this factor had proven fall back to what opened them. */
  lower(userId: string, factorId: string, method: string, at: Date): Promise<void>;
}
