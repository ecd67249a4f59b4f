import type { Predicate } from './split-predicates.ts';

export type Command = 'select' | 'insert' | 'update' | 'delete';

/** Who asks: a role of the API, with the claims of a token. */
export interface AskedFor {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Settings policies may read besides, such as `realtime.topic`. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
}

/** A row that is there, by values of its columns; or one that is not, with the values it would have. */
export type AskedRow =
  | { readonly key: Readonly<Record<string, unknown>> }
  | { readonly values: Readonly<Record<string, unknown>> };

/** What a condition came to; SQL's null counts as no. */
export type Outcome = 'true' | 'false' | 'null' | { readonly error: string };

export interface ExplainedPredicate {
  readonly expression: string;
  readonly outcome: Outcome;
}

export interface ExplainedPolicy {
  readonly name: string;
  readonly permissive: boolean;
  readonly roles: readonly string[];
  /** Whether it is for this role. */
  readonly applies: boolean;
  readonly expression: string;
  /** Null for one that does not apply. */
  readonly outcome: Outcome | null;
  /** How the conditions belong together, and what each came to. */
  readonly structure: Predicate;
  readonly predicates: readonly ExplainedPredicate[];
}

export interface Explanation {
  /** Whether the role may do it to the row. */
  readonly allowed: boolean;
  /** What decided. */
  readonly because:
    | { readonly reason: 'row-missing' }
    /** The role lacks a grant: USAGE of the schema, or the command's privilege on the table. */
    | { readonly reason: 'not-granted'; readonly privilege: string; readonly on: string }
    | { readonly reason: 'no-row-security' }
    /** Row-level security does not hold for it: it bypasses all, or owns the table. */
    | { readonly reason: 'bypassed'; readonly by: 'role' | 'owner' }
    /** No permissive policy is for this role and command. */
    | { readonly reason: 'no-policy' }
    /** Permissive policies there are, and none of them lets the row through. */
    | { readonly reason: 'none-permits'; readonly policies: readonly string[] }
    | { readonly reason: 'restricted'; readonly policies: readonly string[] }
    | { readonly reason: 'permitted'; readonly policies: readonly string[] }
    /** A policy raises, and with it every statement that meets the row. */
    | { readonly reason: 'raises'; readonly policies: readonly string[] };
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean };
  readonly policies: readonly ExplainedPolicy[];
}
