import type { Project } from './project.ts';

/** Why a token within its time is worth nothing. */
export type Revoked = 'session-revoked' | 'user-banned';

/** How browsers may keep their session in cookies. */
export interface CookiePolicy {
  /** Origins whose pages may use the cookies, besides the project's own. */
  readonly origins: ReadonlySet<string>;
}

/** What is known of the sessions of one project; asked on every request, so both questions are lookups in memory. */
export interface ProjectSessions {
  /** False before the first `refresh`, and whenever changes may have been missed: refresh before asking. */
  readonly isCurrent: boolean;
  /** @throws When it cannot be read; nothing may then be assumed. */
  refresh(): Promise<void>;
  /** @param nowSeconds Since the epoch. */
  revoked(sessionId: string | null, userId: string | null, nowSeconds: number): Revoked | null;
  /** null = no cookie proves anything. */
  readonly cookies: CookiePolicy | null;
}

/** Lets a door refuse tokens of sessions that have ended. The service that keeps sessions provides it. */
export interface SessionGuard {
  of(project: Project): ProjectSessions;
}
