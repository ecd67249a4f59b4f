import type { TableChanges } from './row-change.ts';

/** What an administrator says of an endpoint. */
export interface NewEndpoint {
  readonly url: string;
  readonly description: string;
  /** Types, or beginnings of types and `*`. */
  readonly event_types: readonly string[];
  readonly tables: readonly TableChanges[];
  readonly headers: Readonly<Record<string, string>>;
  readonly ordered: boolean;
  /** Deliveries a second; null = as many as it takes. */
  readonly rate: number | null;
}

/** What is absent stays. */
export type EndpointChanges = { readonly [Name in keyof NewEndpoint]?: NewEndpoint[Name] | undefined };
