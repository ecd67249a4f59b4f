import type { Advice, ConstraintOutline } from '../../api/insight.ts';

/**
 * Statements that mend a finding, where they follow from it; null where somebody has to think, as with policies.
 *
 * @param constraints Of the project, for findings about foreign keys.
 */
export function fixSql(
  finding: Pick<Advice, 'name' | 'object' | 'detail'>,
  constraints: readonly ConstraintOutline[],
): string | null {
  const { name, object, detail } = finding;
  const thing = quoteObject(object);
  switch (name) {
    case 'row-security-disabled':
      return `alter table ${thing} enable row level security;`;
    case 'row-security-without-policies':
      return `revoke all on table ${thing} from anon, authenticated;`;
    case 'definer-view':
      return `alter view ${thing} set (security_invoker = true);`;
    case 'materialized-view-exposed':
      return `revoke all on ${thing} from anon, authenticated;`;
    case 'definer-function-search-path':
      return `alter function ${quoteFunction(object)} set search_path = pg_catalog, pg_temp;`;
    case 'definer-function-for-everybody':
      return `revoke execute on function ${quoteFunction(object)} from public, anon;`;
    case 'extension-exposed':
      return `alter extension ${quote(object)} set schema extensions;`;
    case 'deletes-not-told':
    case 'updates-refused':
      return `alter table ${thing} replica identity full;`;
    case 'index-never-used':
      return detail === null ? null : `drop index ${quote(schemaOf(object))}.${quote(detail)};`;
    case 'foreign-key-without-index': {
      const key = constraints.find((each) => `${each.schema}.${each.table}` === object && each.name === detail);
      return key === undefined ? null : `create index on ${thing} (${key.columns.map(quote).join(', ')});`;
    }
    default:
      return null;
  }
}

function schemaOf(object: string): string {
  return object.slice(0, object.indexOf('.'));
}

function quoteObject(object: string): string {
  return `${quote(schemaOf(object))}.${quote(object.slice(object.indexOf('.') + 1))}`;
}

/** Arguments are spelled as SQL already. */
function quoteFunction(object: string): string {
  const open = object.indexOf('(');
  return `${quoteObject(object.slice(0, open))}${object.slice(open)}`;
}

/** Names that need no quotes have none. */
function quote(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
