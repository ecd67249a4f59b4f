import type { Statement } from '@ashlar/postgres';
import type { Operation } from '@ashlar/graphql';
import type { RootPlan } from '../plan/plan-operation.ts';
import { compileReads, compileWrite } from '../sql/compile-operation.ts';
import type { RoleSchema } from './graph-schemas.ts';
import { planRoots } from './plan-roots.ts';

export type ReadRoot = Extract<RootPlan, { kind: 'read' }>;
export type WriteRoot = Extract<RootPlan, { kind: 'write' }>;

/** An operation with its values, ready to be sent. */
export interface PlannedOperation {
  readonly operation: Operation;
  readonly roots: readonly RootPlan[];
  readonly reads: readonly ReadRoot[];
  /** All reads together; null when there are none. */
  readonly readStatement: Statement | null;
  readonly writes: readonly { readonly root: WriteRoot; readonly statement: Statement }[];
}

/** @throws GraphQLError | DocumentError */
export function planned(
  role: RoleSchema,
  operation: Operation,
  variables: Readonly<Record<string, unknown>>,
): PlannedOperation {
  const roots = planRoots(role, operation, { variables });
  const reads = roots.filter((root) => root.kind === 'read');
  return {
    operation,
    roots,
    reads,
    readStatement: reads.length === 0 ? null : compileReads(reads.map((root) => root.read)),
    writes: roots.flatMap((root) => (root.kind === 'write' ? [{ root, statement: compileWrite(root.write) }] : [])),
  };
}
