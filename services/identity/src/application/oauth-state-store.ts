/** What is kept while a browser is at a provider. */
export interface OAuthState {
  readonly provider: string;
  readonly codeVerifier: string | null;
  readonly nonce: string | null;
  /** Hash of what only the browser that began knows; null where something else binds the two ends. */
  readonly browserHash: string | null;
  readonly flowId: string;
  readonly createdAt: Date;
}

export interface OAuthStateStore {
  keep(stateHash: string, state: OAuthState): Promise<void>;
  /** Takes it away, so that of many answers with one state one is heard. */
  take(stateHash: string): Promise<OAuthState | null>;
  /** Forgets a flow that no code will end. */
  endFlow(flowId: string): Promise<void>;
  /** Forgets some of the oldest flows nobody went on with. */
  sweep(before: Date): Promise<void>;
}
