import { BoundedCache } from '@ashlar/kernel';
import type { GraphqlRequest } from '@ashlar/graphql';
import type { RoleSchema } from './graph-schemas.ts';
import { planned, type PlannedOperation } from './planned-operation.ts';

/** Requests whose statements are kept per role; each takes some kilobytes. */
const MAX_REQUESTS = 500;
/** Longer requests are planned each time: they are mostly writes, which do not come twice. */
const MAX_KEPT_LENGTH = 4096;

/** The statements of requests that come again, values included: what a page asks for on every visit. */
export class OperationCache {
  readonly #byRole = new WeakMap<RoleSchema, BoundedCache<string, PlannedOperation>>();

  /** @throws GraphQLError | DocumentError; requests with errors are not kept. */
  plan(role: RoleSchema, { query, operationName, variables }: GraphqlRequest): PlannedOperation {
    const key = JSON.stringify([operationName, variables, query]);
    const kept = this.#byRole.get(role) ?? new BoundedCache(MAX_REQUESTS);
    this.#byRole.set(role, kept);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = planned(role, role.operation(query, operationName), variables);
    if (key.length <= MAX_KEPT_LENGTH) kept.set(key, made);
    return made;
  }
}
