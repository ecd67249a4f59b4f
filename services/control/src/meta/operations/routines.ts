import { z } from 'zod';
import type { FunctionInfo, Structure, TriggerInfo } from '../introspection/structure.ts';
import {
  Body,
  Cascade,
  cascadeWord,
  Expression,
  findTable,
  ident,
  identity,
  literal,
  must,
  Name,
  qualified,
  tableShape,
  TypeName,
} from './names.ts';
import { type AnyOperation, type Change, defineOperation, type LockMode } from './operation.ts';

const Argument = z.strictObject({
  name: Name,
  type: TypeName,
  default: Expression.optional(),
});
const FunctionRef = z.strictObject({
  schema: Name.default('public'),
  function: Name,
  /** As introspection spells it; tells functions of one name apart. */
  signature: z.string().max(10_000).default(''),
});
const TriggerRef = z.strictObject({ ...tableShape, trigger: Name });

function findFunction(
  structure: Structure,
  { schema, function: name, signature }: z.infer<typeof FunctionRef>,
): FunctionInfo {
  return must(
    structure.functions.find(
      (found) => found.schema === schema && found.name === name && found.signature === signature,
    ),
    'function',
    `${identity(schema, name)}(${signature})`,
  );
}

/** Made, or made anew in place of one of the same arguments. */
export const createFunction: AnyOperation = defineOperation({
  name: 'create-function',
  input: z.strictObject({
    schema: Name.default('public'),
    function: Name,
    arguments: z.array(Argument).max(100).default([]),
    /** A type, `void`, `trigger`, `setof …`. */
    returns: z.strictObject({ type: TypeName, set: z.boolean().default(false) }),
    language: z.enum(['sql', 'plpgsql']),
    volatility: z.enum(['immutable', 'stable', 'volatile']).default('volatile'),
    securityDefiner: z.boolean().default(false),
    body: Body,
  }),
  plan(input): Change {
    const { schema, arguments: parameters, returns, language, volatility, securityDefiner, body } = input;
    const list = parameters.map(
      ({ name, type, default: value }) => `${ident(name)} ${type}${value === undefined ? '' : ` default (${value})`}`,
    );
    return {
      statements: [
        [
          `create or replace function ${qualified(schema, input.function)}(${list.join(', ')})`,
          `returns ${returns.set ? 'setof ' : ''}${returns.type} language ${language} ${volatility}`,
          // Whose rights it has must not depend on what the caller's search path finds first.
          ...(securityDefiner ? ['security definer set search_path = pg_catalog, pg_temp'] : []),
          `as ${literal(body)}`,
        ].join(' '),
      ],
      creates: [{ kind: 'function', identity: identity(schema, input.function) }],
    };
  },
});

export const dropFunction: AnyOperation = defineOperation({
  name: 'drop-function',
  input: FunctionRef.extend({ cascade: Cascade }),
  plan(input, { structure }): Change {
    const { schema, function: name, signature, cascade } = input;
    const { oid, kind } = findFunction(structure, input);
    const word = kind === 'procedure' || kind === 'aggregate' ? kind : 'function';
    return {
      statements: [`drop ${word} ${qualified(schema, name)}(${signature})${cascadeWord(cascade)}`],
      drops: [{ catalogue: 'pg_proc', oid, part: 0, cascade }],
    };
  },
});

function findTrigger(structure: Structure, { schema, table, trigger }: z.infer<typeof TriggerRef>): TriggerInfo {
  return must(
    structure.triggers.find((found) => found.schema === schema && found.table === table && found.name === trigger),
    'trigger',
    identity(schema, table, trigger),
  );
}

function change(schema: string, table: string, mode: LockMode, statement: string): Change {
  return { statements: [statement], locks: [{ relation: identity(schema, table), mode }] };
}

export const createTrigger: AnyOperation = defineOperation({
  name: 'create-trigger',
  input: z.strictObject({
    ...tableShape,
    name: Name,
    timing: z.enum(['before', 'after', 'instead of']),
    events: z
      .array(z.enum(['insert', 'update', 'delete', 'truncate']))
      .min(1)
      .max(4),
    for: z.enum(['row', 'statement']).default('row'),
    when: Expression.optional(),
    function: z.strictObject({ schema: Name.default('public'), name: Name }),
  }),
  plan({ schema, table, name, timing, events, for: each, when, function: called }, { structure }): Change {
    findTable(structure, schema, table);
    const condition = when === undefined ? '' : ` when (${when})`;
    return {
      ...change(
        schema,
        table,
        'share row exclusive',
        `create trigger ${ident(name)} ${timing} ${events.join(' or ')} on ${qualified(schema, table)}` +
          ` for each ${each}${condition} execute function ${qualified(called.schema, called.name)}()`,
      ),
      creates: [{ kind: 'trigger', identity: identity(schema, table, name) }],
    };
  },
});

export const setTriggerEnabled: AnyOperation = defineOperation({
  name: 'set-trigger-enabled',
  input: TriggerRef.extend({ enabled: z.boolean() }),
  plan(input, { structure }): Change {
    const { schema, table, trigger, enabled } = input;
    findTrigger(structure, input);
    return change(
      schema,
      table,
      'share row exclusive',
      `alter table ${qualified(schema, table)} ${enabled ? 'enable' : 'disable'} trigger ${ident(trigger)}`,
    );
  },
});

export const dropTrigger: AnyOperation = defineOperation({
  name: 'drop-trigger',
  input: TriggerRef,
  plan(input, { structure }): Change {
    const { schema, table, trigger } = input;
    const { oid } = findTrigger(structure, input);
    return {
      ...change(schema, table, 'access exclusive', `drop trigger ${ident(trigger)} on ${qualified(schema, table)}`),
      drops: [{ catalogue: 'pg_trigger', oid, part: 0, cascade: false }],
    };
  },
});
