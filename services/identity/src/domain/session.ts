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
  /** The organisation it was switched to; without one its tokens act for the first of the user's. */
  readonly organisationId?: string | null;
}

/** Where a session is used from, kept for its owner to recognise it. */
export interface ClientTrace {
  readonly address: string;
  readonly userAgent: string;
}

export type SignOutScope = 'global' | 'local' | 'others';
