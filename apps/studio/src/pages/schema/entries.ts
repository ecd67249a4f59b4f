import type { Operation } from '../../api/structure.ts';
import type { PolicyInfo, Structure, TypeInfo } from '../../api/structure-types.ts';
import { ownSchemas } from '../tables/use-structure.ts';
import type { Kind } from './kinds.ts';

/** Anything that can be done with an entry besides dropping it. */
export type Act =
  | { readonly does: 'edit-policy'; readonly policy: PolicyInfo }
  | { readonly does: 'edit-sql'; readonly sql: string }
  | { readonly does: 'add-label' | 'rename-label'; readonly type: TypeInfo }
  | { readonly does: 'validate' | 'enable' | 'disable'; readonly operation: Operation };

/** One line of a list. */
export interface Entry {
  readonly key: string;
  readonly name: string;
  /** `schema.table` it belongs to; null for what stands by itself. */
  readonly of: string | null;
  readonly schema: string;
  readonly table: string | null;
  readonly what: string;
  readonly detail: string;
  readonly isOff: boolean;
  readonly acts: readonly Act[];
  /** Null for what goes with something else. */
  readonly drop: Operation | null;
}

/** Everything of a kind in the owner's schemas. */
export function entriesOf(structure: Structure, kind: Kind): readonly Entry[] {
  const schemas = ownSchemas(structure);
  return all(structure, kind).filter(({ schema }) => schemas.includes(schema));
}

function all(structure: Structure, kind: Kind): readonly Entry[] {
  switch (kind) {
    case 'policies':
      return structure.policies.map(policyEntry);
    case 'keys':
      return structure.constraints.map(keyEntry);
    case 'indexes':
      return structure.indexes.map(indexEntry);
    case 'enums':
      return structure.types.filter((type) => type.kind === 'enum').map(enumEntry);
    case 'functions':
      return structure.functions
        .filter((one) => one.kind === 'function' || one.kind === 'procedure')
        .map(functionEntry);
    case 'triggers':
      return structure.triggers.map(triggerEntry);
    case 'diagram':
      return [];
  }
}

interface OfTable {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

function ofTable({ schema, table, name }: OfTable): Pick<Entry, 'key' | 'name' | 'of' | 'schema' | 'table'> {
  return { key: `${schema}.${table}.${name}`, name, of: `${schema}.${table}`, schema, table };
}

function policyEntry(policy: PolicyInfo): Entry {
  const { schema, table, name, command, permissive, roles, using, check } = policy;
  return {
    ...ofTable(policy),
    what: `${command}${permissive ? '' : ' · restrictive'} · ${roles.join(', ')}`,
    detail: [using, check === null || check === using ? null : `with check ${check}`]
      .filter((part) => part !== null)
      .join(' '),
    isOff: false,
    acts: [{ does: 'edit-policy', policy }],
    drop: { operation: 'drop-policy', input: { schema, table, policy: name } },
  };
}

function keyEntry(constraint: Structure['constraints'][number]): Entry {
  const { schema, table, name, kind, definition, validated } = constraint;
  const input = { schema, table, constraint: name };
  return {
    ...ofTable(constraint),
    what: kind,
    detail: definition,
    isOff: !validated,
    acts: validated ? [] : [{ does: 'validate', operation: { operation: 'validate-constraint', input } }],
    drop: { operation: 'drop-constraint', input },
  };
}

function indexEntry(index: Structure['indexes'][number]): Entry {
  const { schema, name, unique, primary, method, definition, constraint } = index;
  return {
    ...ofTable(index),
    what: [method, primary ? 'primary' : unique ? 'unique' : null].filter((part) => part !== null).join(' · '),
    detail: definition.replace(/^.* USING /, ''),
    isOff: false,
    acts: [],
    drop: constraint === null ? { operation: 'drop-index', input: { schema, index: name } } : null,
  };
}

function enumEntry(type: TypeInfo): Entry {
  const { schema, name, labels } = type;
  return {
    key: `${schema}.${name}`,
    name,
    of: null,
    schema,
    table: null,
    what: '',
    detail: labels.join(', '),
    isOff: false,
    acts: [
      { does: 'add-label', type },
      { does: 'rename-label', type },
    ],
    drop: { operation: 'drop-type', input: { schema, type: name } },
  };
}

function functionEntry(one: Structure['functions'][number]): Entry {
  const { schema, name, arguments: parameters, signature, returns, language, securityDefiner, definition } = one;
  return {
    key: `${schema}.${name}(${signature})`,
    name,
    of: null,
    schema,
    table: null,
    what: `${language}${securityDefiner ? ' · security definer' : ''}`,
    detail: `(${parameters})${returns === null ? '' : ` → ${returns}`}`,
    isOff: false,
    acts: definition === null ? [] : [{ does: 'edit-sql', sql: definition }],
    drop: { operation: 'drop-function', input: { schema, function: name, signature } },
  };
}

function triggerEntry(trigger: Structure['triggers'][number]): Entry {
  const { schema, table, name, enabled, definition } = trigger;
  const isOff = enabled === 'disabled';
  const input = { schema, table, trigger: name };
  return {
    ...ofTable(trigger),
    what: /(BEFORE|AFTER|INSTEAD OF) (.+?) ON /.exec(definition)?.slice(1).join(' ').toLowerCase() ?? '',
    detail: /EXECUTE (?:FUNCTION|PROCEDURE) (.*)$/.exec(definition)?.[1] ?? definition,
    isOff,
    acts: [
      {
        does: isOff ? 'enable' : 'disable',
        operation: { operation: 'set-trigger-enabled', input: { ...input, enabled: isOff } },
      },
    ],
    drop: { operation: 'drop-trigger', input },
  };
}
