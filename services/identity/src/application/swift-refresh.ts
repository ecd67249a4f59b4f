import type { Session } from '../domain/session.ts';
import type { ClientTrace } from '../domain/session.ts';
import type { SessionBounds } from '../domain/session-bounds.ts';
import type { User } from '../domain/user.ts';
import type { Cause } from './stores.ts';

/** Everything a rotation needs that is known before the database is asked. */
export interface Exchange {
  readonly presentedHash: string;
  readonly successorHash: string;
  readonly client: ClientTrace;
  readonly bounds: SessionBounds;
  readonly at: Date;
  readonly tokenExpiresAt: Date;
}

/**
 * Rotates a token in one statement when nothing speaks against it: it is the session's one active token, the session
 * is within its bounds, its user is not banned. Null in every other case, with nothing changed: then the decision is
 * made with all that is known.
 */
export type SwiftRefresh = (
  cause: Cause,
  exchange: Exchange,
) => Promise<{ readonly user: User; readonly session: Session } | null>;
