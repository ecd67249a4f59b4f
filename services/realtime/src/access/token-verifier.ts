import type { Caller, Project, Refusal } from '@ashlar/service';

/** Who a token or key stands for; with a refusal, why for nobody. */
export interface Verdict {
  readonly caller: Caller;
  readonly refusal: Refusal | null;
}

/** Judges tokens and keys of a project exactly as the door judges those of requests. */
export interface TokenVerifier {
  /** Awaited before `verify` is asked for the first time, and now and then: what is known of ended sessions is read. */
  readonly ready: (project: Project) => Promise<void>;
  /** Cheap for what was judged before. @param nowSeconds Since the epoch. */
  readonly verify: (project: Project, token: string, nowSeconds: number) => Verdict;
}
