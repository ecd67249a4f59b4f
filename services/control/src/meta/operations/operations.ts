import type { AnyOperation, Change, OperationContext } from './operation.ts';
import { z } from 'zod';
import { controlErrors } from '../../control-errors.ts';
import * as columns from './columns.ts';
import * as constraints from './constraints.ts';
import * as databases from './databases.ts';
import * as indexes from './indexes.ts';
import * as policies from './policies.ts';
import * as rights from './rights.ts';
import * as routines from './routines.ts';
import * as tables from './tables.ts';
import * as types from './types.ts';

const OPERATIONS = [tables, columns, constraints, indexes, policies, types, routines, rights, databases].flatMap(
  (group) => Object.values(group),
);

const BY_NAME: ReadonlyMap<string, AnyOperation> = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** Names of all there are, in the order of their groups. */
export const operationNames: readonly string[] = [...BY_NAME.keys()];

/** Its input as JSON Schema; null for none of that name. */
export function describeOperation(name: string): unknown {
  const operation = BY_NAME.get(name);
  return operation === undefined ? null : z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' });
}

export interface AskedOperation {
  readonly operation: string;
  readonly input: unknown;
}

/** @throws {AshlarError} `control.meta_operation_unknown`, `control.meta_input_invalid`, `control.meta_object_unknown`. */
export function planOperation({ operation: name, input }: AskedOperation, context: OperationContext): Change {
  const operation = BY_NAME.get(name);
  if (operation === undefined) throw controlErrors.metaOperationUnknown({ name: name.slice(0, 100) });
  return operation.plan(input, context);
}
