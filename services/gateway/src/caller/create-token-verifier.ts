import type { Project, SessionGuard } from '@ashlar/service';
import type { Resolution } from './project-callers.ts';
import { CallerResolver } from './caller-resolver.ts';

/** Judges tokens and keys that do not come with a request of HTTP exactly as the door judges those that do. */
export interface DoorTokenVerifier {
  /** Reads what has to be known of a project first. */
  readonly ready: (project: Project) => Promise<void>;
  /** @param nowSeconds Since the epoch. */
  readonly verify: (project: Project, token: string, nowSeconds: number) => Resolution;
}

/** @param guard Knows which sessions have ended; without it a token is good until its time is over. */
export function createTokenVerifier(guard: SessionGuard | null = null): DoorTokenVerifier {
  const callers = new CallerResolver(guard);
  return {
    ready: async (project) => {
      const { sessions } = callers.of(project);
      if (sessions?.isCurrent === false) await sessions.refresh();
    },
    verify: (project, token, nowSeconds) => callers.of(project).resolve({ key: token, bearer: undefined }, nowSeconds),
  };
}
