/** A sign-in under way at a provider or in a mailbox, which a code ends. */
export interface Flow {
  readonly id: string;
  /** Known once the user is. */
  readonly userId: string | null;
  /** What the client proves its identity with (RFC 7636); null in the implicit flow. */
  readonly challenge: { readonly value: string; readonly method: 's256' | 'plain' } | null;
  /** `email`, `phone`, or the provider asked. */
  readonly provider: string;
  /** How the session will say it was proven: `oauth`, `magiclink`, `recovery`, … */
  readonly method: string;
  readonly redirectTo: string;
  /** Tokens of the provider, handed on once with the session. */
  readonly providerToken: string | null;
  readonly providerRefreshToken: string | null;
  /** The account a new identity is to be linked to. */
  readonly linkTo: string | null;
  readonly emailOptional: boolean;
  readonly createdAt: Date;
  readonly codeIssuedAt: Date | null;
}

export type NewFlow = Omit<Flow, 'userId' | 'codeIssuedAt' | 'providerToken' | 'providerRefreshToken'>;

/** What is known once the user is, and the hash of the code the client will bring. */
export interface FlowOutcome {
  readonly userId: string;
  readonly codeHash: string;
  readonly providerToken: string | null;
  readonly providerRefreshToken: string | null;
  readonly at: Date;
}

/** Milliseconds from its last step in which a flow must be gone on with. */
export const FLOW_LIFE_MS = 300_000;

export interface FlowStore {
  begin(flow: NewFlow): Promise<void>;
  /** Locked until the transaction ends. Old ones too: the caller says that they expired. */
  find(id: string): Promise<Flow | null>;
  /** False when the flow is gone or already has a code. */
  issueCode(id: string, outcome: FlowOutcome): Promise<boolean>;
  /** Takes the flow away, so that of many uses of a code one succeeds. */
  takeByCode(codeHash: string): Promise<Flow | null>;
  /** Forgets flows nobody went on with. */
  sweep(before: Date): Promise<void>;
}
