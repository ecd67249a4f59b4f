import { z } from 'zod';
import type { PolicyInfo, Structure } from '../introspection/structure.ts';
import { Expression, findTable, ident, identity, must, Name, qualified, tableShape } from './names.ts';
import { type AnyOperation, type Change, defineOperation } from './operation.ts';

const PolicyRef = z.strictObject({ ...tableShape, policy: Name });
const Roles = z.array(Name).min(1).max(50);

function findPolicy(structure: Structure, { schema, table, policy }: z.infer<typeof PolicyRef>): PolicyInfo {
  return must(
    structure.policies.find((found) => found.schema === schema && found.table === table && found.name === policy),
    'policy',
    identity(schema, table, policy),
  );
}

/** `public` is no role but everybody. */
function rolesSql(roles: readonly string[]): string {
  return roles.map((role) => (role === 'public' ? 'public' : ident(role))).join(', ');
}

function change(schema: string, table: string, statement: string): Change {
  return { statements: [statement], locks: [{ relation: identity(schema, table), mode: 'access exclusive' }] };
}

export const createPolicy: AnyOperation = defineOperation({
  name: 'create-policy',
  input: z.strictObject({
    ...tableShape,
    name: Name,
    command: z.enum(['all', 'select', 'insert', 'update', 'delete']).default('all'),
    permissive: z.boolean().default(true),
    roles: Roles.default(['public']),
    using: Expression.optional(),
    check: Expression.optional(),
  }),
  plan({ schema, table, name, command, permissive, roles, using, check }, { structure }): Change {
    findTable(structure, schema, table);
    const statement = [
      `create policy ${ident(name)} on ${qualified(schema, table)}`,
      permissive ? 'as permissive' : 'as restrictive',
      `for ${command} to ${rolesSql(roles)}`,
      ...(using === undefined ? [] : [`using (${using})`]),
      ...(check === undefined ? [] : [`with check (${check})`]),
    ].join(' ');
    return {
      ...change(schema, table, statement),
      creates: [{ kind: 'policy', identity: identity(schema, table, name) }],
    };
  },
});

export const alterPolicy: AnyOperation = defineOperation({
  name: 'alter-policy',
  input: PolicyRef.extend({
    roles: Roles.optional(),
    using: Expression.optional(),
    check: Expression.optional(),
  }).refine(
    ({ roles, using, check }) => roles !== undefined || using !== undefined || check !== undefined,
    'changes nothing',
  ),
  plan({ schema, table, policy, roles, using, check }, { structure }): Change {
    findPolicy(structure, { schema, table, policy });
    const statement = [
      `alter policy ${ident(policy)} on ${qualified(schema, table)}`,
      ...(roles === undefined ? [] : [`to ${rolesSql(roles)}`]),
      ...(using === undefined ? [] : [`using (${using})`]),
      ...(check === undefined ? [] : [`with check (${check})`]),
    ].join(' ');
    return change(schema, table, statement);
  },
});

export const renamePolicy: AnyOperation = defineOperation({
  name: 'rename-policy',
  input: PolicyRef.extend({ to: Name }),
  plan({ schema, table, policy, to }, { structure }): Change {
    findPolicy(structure, { schema, table, policy });
    return change(schema, table, `alter policy ${ident(policy)} on ${qualified(schema, table)} rename to ${ident(to)}`);
  },
});

export const dropPolicy: AnyOperation = defineOperation({
  name: 'drop-policy',
  input: PolicyRef,
  plan({ schema, table, policy }, { structure }): Change {
    const { oid } = findPolicy(structure, { schema, table, policy });
    return {
      ...change(schema, table, `drop policy ${ident(policy)} on ${qualified(schema, table)}`),
      drops: [{ catalogue: 'pg_policy', oid, part: 0, cascade: false }],
    };
  },
});
