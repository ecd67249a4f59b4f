import { getVariableValues } from 'graphql';
import { DocumentError, type GraphqlRequest, MAX_ERRORS, type Operation } from '@ashlar/graphql';
import { planOperation, type RootPlan } from '../plan/plan-operation.ts';
import { Selections } from '../plan/selection.ts';
import type { RoleSchema } from './graph-schemas.ts';

/** Reads the variables and plans the operation's fields. */
export function planRoots(
  { schema, model }: RoleSchema,
  { definition, fragments, isMutation }: Operation,
  { variables }: Pick<GraphqlRequest, 'variables'>,
): readonly RootPlan[] {
  const { errors, variableValues } = getVariableValues(schema, definition.variableDefinitions ?? [], variables, {
    maxErrors: MAX_ERRORS,
  });
  if (errors !== undefined) throw new DocumentError(errors);
  return planOperation(model, new Selections(schema, fragments, variableValues), [definition.selectionSet], isMutation);
}
