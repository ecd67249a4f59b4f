import type { SessionSettings } from './settings.ts';

/** How long a session may last, counted back from now: an earlier begin or last use ends it. */
export interface SessionBounds {
  /** It must have begun after this; null = no such bound. */
  readonly begunAfter: Date | null;
  /** It must have been used after this; null = no such bound. */
  readonly usedAfter: Date | null;
  /** The refresh token must have been used after this. */
  readonly tokenUsedAfter: Date;
}

/** Changed settings count for the sessions there are, so ends are not written down but reckoned. */
export function sessionBounds(settings: SessionSettings, now: Date): SessionBounds {
  const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  return {
    begunAfter: settings.maxSeconds === null ? null : ago(settings.maxSeconds),
    usedAfter: settings.inactivitySeconds === null ? null : ago(settings.inactivitySeconds),
    tokenUsedAfter: ago(settings.refreshTokenSeconds),
  };
}

/** Seconds a token may be made after its session was written: a hook on claims may be slow. */
const ISSUE_DELAY_SECONDS = 60;

/** The latest end of a token that is about to be issued, for those who must refuse it when its session ends. */
export function tokenEnd({ accessTokenSeconds }: SessionSettings, now: Date): Date {
  return new Date(now.getTime() + (accessTokenSeconds + ISSUE_DELAY_SECONDS) * 1000);
}
