import type { Advice, ConstraintOutline } from '../../api/insight.ts';
import type { Operation } from '../../api/structure.ts';

const ALL = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'];
const MAX_NAME = 63;

/**
 * What mends a finding as typed changes, which can be looked at before they are made and are recorded as a migration;
 * null where somebody has to decide, as with policies.
 *
 * @param constraints Of the project, for findings about foreign keys.
 */
export function fixOperations(
  { name, object, detail }: Pick<Advice, 'name' | 'object' | 'detail'>,
  constraints: readonly ConstraintOutline[],
): readonly [Operation, ...Operation[]] | null {
  const schema = object.slice(0, object.indexOf('.'));
  const table = object.slice(object.indexOf('.') + 1);
  const place = { schema, table };
  switch (name) {
    case 'row-security-disabled':
      return [{ operation: 'set-row-security', input: { ...place, enabled: true } }];
    case 'row-security-without-policies':
    case 'materialized-view-exposed':
      return [revoke(place, 'anon'), revoke(place, 'authenticated')];
    case 'definer-view':
      return [{ operation: 'set-view-invoker', input: { schema, view: table, enabled: true } }];
    case 'definer-function-search-path':
      return [{ operation: 'pin-search-path', input: functionOf(object) }];
    case 'definer-function-for-everybody':
      return [{ operation: 'revoke-function', input: { ...functionOf(object), roles: ['public', 'anon'] } }];
    case 'extension-exposed':
      return [{ operation: 'move-extension', input: { extension: object } }];
    case 'deletes-not-told':
    case 'updates-refused':
      return [{ operation: 'set-replica-identity', input: { ...place, identity: 'full' } }];
    case 'index-never-used':
      return detail === null ? null : [{ operation: 'drop-index', input: { schema, index: detail } }];
    case 'foreign-key-without-index': {
      const key = constraints.find((each) => `${each.schema}.${each.table}` === object && each.name === detail);
      if (key === undefined) return null;
      const index = [table, ...key.columns, 'idx'].join('_').slice(0, MAX_NAME);
      const parts = key.columns.map((column) => ({ column }));
      return [{ operation: 'create-index', input: { ...place, name: index, parts } }];
    }
    default:
      return null;
  }
}

function revoke(place: { readonly schema: string; readonly table: string }, role: string): Operation {
  return { operation: 'revoke-table', input: { ...place, privileges: ALL, role } };
}

/** `public.add(a integer)` */
function functionOf(object: string): Readonly<Record<string, unknown>> {
  const open = object.indexOf('(');
  const dot = object.indexOf('.');
  return {
    schema: object.slice(0, dot),
    function: object.slice(dot + 1, open),
    signature: object.slice(open + 1, -1),
  };
}
