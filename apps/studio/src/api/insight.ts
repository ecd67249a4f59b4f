import { send } from './send.ts';

const C = '/control/v1';
const at = encodeURIComponent;

/** A table as far as completion and advice need it. */
export interface TableOutline {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface ConstraintOutline {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
}

export type Severity = 'error' | 'warning' | 'hint';

export interface Advice {
  readonly name: string;
  readonly severity: Severity;
  readonly about: 'security' | 'performance' | 'realtime';
  readonly says: string;
  readonly remedy: string;
  /** `public.todos`, `public.add(integer)` */
  readonly object: string;
  readonly detail: string | null;
}

export interface AuditRecord {
  readonly seq: string;
  readonly at: string;
  readonly action: string;
  readonly actor_kind: 'account' | 'token' | 'setup' | 'system';
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly project_ref: string | null;
  readonly target: string | null;
  readonly detail: unknown;
}

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly project?: string | undefined;
}

export const AUDIT_PAGE = 100;

/** What is known about a project and an organisation: structure, advice, and who did what. */
export const insight = {
  tables: (ref: string) => send<readonly TableOutline[]>(`${C}/projects/${at(ref)}/meta/structure/tables`),
  constraints: (ref: string) =>
    send<readonly ConstraintOutline[]>(`${C}/projects/${at(ref)}/meta/structure/constraints`),
  advice: (ref: string) => send<readonly Advice[]>(`${C}/projects/${at(ref)}/advice`),
  /** The newest first; `before` is the `seq` of the last one seen. */
  audit(organisation: string, { action, actor, project }: AuditFilter, before: string | null) {
    const query = new URLSearchParams({ limit: String(AUDIT_PAGE) });
    if (action !== undefined) query.set('action', action);
    if (actor !== undefined) query.set('actor_id', actor);
    if (project !== undefined) query.set('project_ref', project);
    if (before !== null) query.set('before', before);
    return send<readonly AuditRecord[]>(`${C}/organisations/${at(organisation)}/audit?${query}`);
  },
};
