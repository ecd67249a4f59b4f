import type { DeliveryTerms } from '../domain/retry-schedule.ts';

/** An endpoint as deliveries need it, its secrets opened. */
export interface Receiver {
  readonly id: string;
  readonly version: bigint;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The newest first; those whose time is over included. */
  readonly secrets: readonly { readonly secret: string; readonly expiresAt: Date | null }[];
  /** Its secrets cannot be opened: nothing may leave unsigned. */
  readonly isBroken: boolean;
}

/** A delivery that is this worker's to make. */
export interface Claimed {
  readonly id: bigint;
  readonly eventId: string;
  readonly key: string | null;
  /** Attempts since it was last asked for. */
  readonly tries: number;
  readonly body: string;
  readonly receiver: Receiver;
}

/** What came of one attempt. */
export interface Attempt {
  readonly at: Date;
  readonly durationMs: number;
  /** null: there was no answer. */
  readonly status: number | null;
  /** Why it failed; null: it did not. */
  readonly error: string | null;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: string | null;
  readonly retryAfterSeconds: number | null;
}

/** A delivery with its attempt and what is to follow. */
export interface Result {
  readonly delivery: Claimed;
  readonly attempt: Attempt;
  readonly next: 'delivered' | 'failed' | { readonly inSeconds: number };
}

export interface Exchanged {
  readonly claimed: readonly Claimed[];
  /** Until there is more to claim; null: until somebody says so. */
  readonly dueInMs: number | null;
  /** Replays are asked for that are not done. */
  readonly replaysWait: boolean;
  /** Endpoints that were cut off. */
  readonly disabled: readonly { readonly endpointId: string; readonly reason: 'gone' | 'failing' }[];
}

/** The deliveries of one project. */
export interface DeliveryStore {
  /**
   * In one transaction: takes down what came of deliveries, gives back claims, and claims as many others as asked for.
   */
  exchange(
    results: readonly Result[],
    released: readonly Claimed[],
    slots: number,
    terms: DeliveryTerms,
  ): Promise<Exchanged>;
  /** Does a part of the replays that are asked for. @returns Whether there is more. */
  replaySome(): Promise<boolean>;
  /** Removes what was kept long enough. */
  sweep(keepDays: number): Promise<void>;
  /** Calls back when there may be more to claim. */
  onMore(listener: () => void): Promise<{ stop(): Promise<void> }>;
}
