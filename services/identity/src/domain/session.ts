export type AssuranceLevel = 'aal1' | 'aal2' | 'aal3';

/** One proof of identity a session rests on. */
interface AuthenticationMethod {
  readonly method: string;
  readonly at: Date;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly assuranceLevel: AssuranceLevel;
  /** Newest first. */
  readonly methods: readonly AuthenticationMethod[];
}

/** Where a session is used from, kept for its owner to recognise it. */
export interface ClientTrace {
  readonly address: string;
  readonly userAgent: string;
}

export type SignOutScope = 'global' | 'local' | 'others';
