import type { Structure } from './structure-types.ts';
import { send } from './send.ts';

/** A typed change of the structure, as `GET /control/v1/meta/operations` describes it. */
export interface Operation {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Finding {
  readonly says: string;
  readonly found: 'yes' | 'unknown';
}

interface Thing {
  readonly kind: string;
  readonly identity: string;
}

/** What an operation would do. */
export interface Preview {
  readonly statements: readonly string[];
  readonly locks: readonly {
    readonly relation: string;
    readonly blocks: 'reads and writes' | 'writes' | 'other changes';
    readonly rewrites?: boolean;
    readonly scans?: boolean;
    readonly rows: number | null;
    readonly sizeBytes: number;
  }[];
  readonly removes: readonly Thing[];
  readonly blockedBy: readonly Thing[];
  readonly losses: readonly Finding[];
  readonly obstacles: readonly Finding[];
}

const metaOf = (ref: string): string => `/control/v1/projects/${encodeURIComponent(ref)}/meta`;

/** What a project's database consists of, and changes to it. */
export const structure = {
  read: (ref: string) => send<Structure>(`${metaOf(ref)}/structure`),
  preview: (ref: string, operation: Operation, signal: AbortSignal) =>
    send<Preview>(`${metaOf(ref)}/preview`, { method: 'POST', body: operation, signal }),
  /** All in one transaction. */
  apply: (ref: string, operations: readonly Operation[]) =>
    send(`${metaOf(ref)}/apply`, { method: 'POST', body: { operations } }),
};
