import type { z } from 'zod';
import { controlErrors } from '../../control-errors.ts';
import type { Structure } from '../introspection/structure.ts';

/** Lock modes of tables, the weaker before the stronger. */
export const LOCK_MODES = [
  'row share',
  'row exclusive',
  'share update exclusive',
  'share',
  'share row exclusive',
  'exclusive',
  'access exclusive',
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** What stands in a schema of its own, or in a table. */
export interface ObjectName {
  readonly kind:
    | 'schema'
    | 'table'
    | 'view'
    | 'materialized view'
    | 'foreign table'
    | 'sequence'
    | 'column'
    | 'constraint'
    | 'index'
    | 'policy'
    | 'trigger'
    | 'function'
    | 'type'
    | 'extension'
    | 'publication member';
  /** `public.todos`, `public.todos.title`, `public.add(integer, integer)`; names as they are. */
  readonly identity: string;
}

export interface TableLock {
  /** `schema.name` of a table, view, sequence or index that is there already. */
  readonly relation: string;
  readonly mode: LockMode;
  /** All of it is written anew meanwhile. */
  readonly rewrites?: boolean;
  /** All of it is read meanwhile. */
  readonly scans?: boolean;
}

/** Where the catalogue keeps an object, to be followed to what depends on it. */
export interface DropTarget {
  readonly catalogue:
    | 'pg_class'
    | 'pg_constraint'
    | 'pg_policy'
    | 'pg_trigger'
    | 'pg_proc'
    | 'pg_type'
    | 'pg_namespace'
    | 'pg_extension';
  readonly oid: number;
  /** Position of a column, else 0. */
  readonly part: number;
  /** What depends on it goes too; without it, that stands in the way. */
  readonly cascade: boolean;
}

/** Asked of the rows as they are now: whether there is any of which `sql` selects one. */
export interface Question {
  readonly says: string;
  readonly sql: string;
}

/** What an operation comes to, as far as the structure alone tells. */
export interface Change {
  /** To be run in this order in one transaction. */
  readonly statements: readonly string[];
  readonly locks?: readonly TableLock[];
  readonly creates?: readonly ObjectName[];
  readonly drops?: readonly DropTarget[];
  /** What goes beside what depends on the drops. */
  readonly removes?: readonly ObjectName[];
  /** Data that would be gone, when there is any. */
  readonly losses?: readonly Question[];
  /** Rows that would make it fail, when there are any. */
  readonly obstacles?: readonly Question[];
}

export interface OperationContext {
  readonly structure: Structure;
  /** Times with and without a zone are the same to the server. */
  readonly isUtc: boolean;
}

/** One kind of change to a structure, whatever its input looks like. */
export interface AnyOperation {
  readonly name: string;
  readonly input: z.ZodType;
  /** @throws {AshlarError} `control.meta_input_invalid`, `control.meta_object_unknown`. */
  readonly plan: (input: unknown, context: OperationContext) => Change;
}

export function defineOperation<Schema extends z.ZodType>(operation: {
  readonly name: string;
  readonly input: Schema;
  readonly plan: (input: z.output<Schema>, context: OperationContext) => Change;
}): AnyOperation {
  const { name, input, plan } = operation;
  return {
    name,
    input,
    plan(given, context) {
      const parsed = input.safeParse(given);
      if (!parsed.success) throw refuseInput(name, parsed.error);
      return plan(parsed.data, context);
    },
  };
}

function refuseInput(name: string, { issues }: z.ZodError): Error {
  const detail = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const fields = issues.map(({ path, code, message }) => ({
    pointer: `/${path.map(String).join('/')}`,
    code,
    detail: message,
  }));
  return controlErrors.metaInputInvalid({ name, detail }, { fields });
}
