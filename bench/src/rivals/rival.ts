/** A server measured beside ours. */
export interface Rival {
  readonly url: string;
  stop(): Promise<void>;
}
