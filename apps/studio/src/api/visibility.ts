import { send } from './send.ts';

export type Command = 'select' | 'insert' | 'update' | 'delete';

/** As whom something is asked: a role of the API, with the claims of a token. */
export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A policy that is being written. */
export interface DraftPolicy {
  readonly name: string;
  readonly command: Command | 'all';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

export type Outcome = 'true' | 'false' | 'null' | { readonly error: string };

export interface ExplainedPolicy {
  readonly name: string;
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly applies: boolean;
  readonly expression: string;
  readonly outcome: Outcome | null;
  readonly predicates: readonly { readonly expression: string; readonly outcome: Outcome }[];
}

export interface Explanation {
  readonly allowed: boolean;
  readonly because:
    | { readonly reason: 'row-missing' | 'no-row-security' | 'no-policy' }
    | { readonly reason: 'not-granted'; readonly privilege: string; readonly on: string }
    | { readonly reason: 'bypassed'; readonly by: 'role' | 'owner' }
    | { readonly reason: 'none-permits' | 'restricted' | 'permitted' | 'raises'; readonly policies: readonly string[] };
  readonly policies: readonly ExplainedPolicy[];
}

export interface ExplainedRow extends Explanation {
  readonly values: Readonly<Record<string, string | null>>;
}

export interface AskedTable {
  readonly schema: string;
  readonly table: string;
  readonly command: Command;
  readonly caller: Caller;
  readonly draft?: DraftPolicy;
}

const pathOf = (ref: string): string => `/control/v1/projects/${encodeURIComponent(ref)}/visibility`;
const bodyOf = ({ caller, ...rest }: AskedTable): Readonly<Record<string, unknown>> => ({ ...caller, ...rest });

/** Why somebody may, or may not, do something to rows. Nothing is changed by asking. */
export const visibility = {
  rows: (ref: string, asked: AskedTable, signal: AbortSignal) =>
    send<readonly ExplainedRow[]>(`${pathOf(ref)}/rows`, { method: 'POST', body: bodyOf(asked), signal }),
  /** Of a row that would be. */
  values: (ref: string, asked: AskedTable, values: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
    send<Explanation>(pathOf(ref), { method: 'POST', body: { ...bodyOf(asked), values }, signal }),
};
