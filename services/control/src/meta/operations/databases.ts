import { z } from 'zod';
import { Body, Cascade, cascadeWord, findTable, ident, identity, must, Name, qualified, tableShape } from './names.ts';
import { type AnyOperation, type Change, defineOperation } from './operation.ts';

const SchemaRef = z.strictObject({ schema: Name });
const MemberInput = z.strictObject({ ...tableShape, publication: Name.default('supabase_realtime') });
const PRIVILEGES = z.enum(['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']);

export const createSchema: AnyOperation = defineOperation({
  name: 'create-schema',
  input: SchemaRef,
  plan: ({ schema }): Change => ({
    statements: [`create schema ${ident(schema)}`],
    creates: [{ kind: 'schema', identity: schema }],
  }),
});

export const dropSchema: AnyOperation = defineOperation({
  name: 'drop-schema',
  input: SchemaRef.extend({ cascade: Cascade }),
  plan({ schema, cascade }, { structure }): Change {
    const { oid } = must(
      structure.schemas.find(({ name }) => name === schema),
      'schema',
      schema,
    );
    return {
      statements: [`drop schema ${ident(schema)}${cascadeWord(cascade)}`],
      drops: [{ catalogue: 'pg_namespace', oid, part: 0, cascade }],
    };
  },
});

export const createExtension: AnyOperation = defineOperation({
  name: 'create-extension',
  input: z.strictObject({ extension: Name, schema: Name.default('extensions') }),
  plan({ extension, schema }, { structure }): Change {
    must(
      structure.extensions.find(({ name }) => name === extension),
      'extension',
      extension,
    );
    return {
      statements: [`create extension ${ident(extension)} with schema ${ident(schema)}`],
      creates: [{ kind: 'extension', identity: extension }],
    };
  },
});

export const dropExtension: AnyOperation = defineOperation({
  name: 'drop-extension',
  input: z.strictObject({ extension: Name, cascade: Cascade }),
  plan({ extension, cascade }, { structure }): Change {
    const { oid } = must(
      structure.extensions.find(({ name, installed }) => installed && name === extension),
      'extension',
      extension,
    );
    return {
      statements: [`drop extension ${ident(extension)}${cascadeWord(cascade)}`],
      drops: [{ catalogue: 'pg_extension', oid, part: 0, cascade }],
    };
  },
});

/** Its changes are then told to whoever may see the rows. */
export const publishTable: AnyOperation = defineOperation({
  name: 'publish-table',
  input: MemberInput,
  plan({ schema, table, publication }, { structure }): Change {
    const { rowSecurity, replicaIdentity } = findTable(structure, schema, table);
    const name = qualified(schema, table);
    const hasKey = structure.constraints.some(
      (found) => found.kind === 'primary key' && found.schema === schema && found.table === table,
    );
    // Whether a deleted row may be told of is decided on all of it, and without a key updates would be refused.
    const needsFull = replicaIdentity !== 'full' && (rowSecurity || !hasKey);
    return {
      statements: [
        ...(needsFull ? [`alter table ${name} replica identity full`] : []),
        `alter publication ${ident(publication)} add table ${name}`,
      ],
      locks: [{ relation: identity(schema, table), mode: needsFull ? 'access exclusive' : 'share update exclusive' }],
      creates: [{ kind: 'publication member', identity: identity(schema, table) }],
    };
  },
});

export const unpublishTable: AnyOperation = defineOperation({
  name: 'unpublish-table',
  input: MemberInput,
  plan({ schema, table, publication }, { structure }): Change {
    findTable(structure, schema, table);
    return {
      statements: [`alter publication ${ident(publication)} drop table ${qualified(schema, table)}`],
      locks: [{ relation: identity(schema, table), mode: 'share update exclusive' }],
      removes: [{ kind: 'publication member', identity: identity(schema, table) }],
    };
  },
});

export const createView: AnyOperation = defineOperation({
  name: 'create-view',
  input: z.strictObject({
    schema: Name.default('public'),
    view: Name,
    query: Body,
    /** False: everybody who may read the view sees what its owner sees. */
    securityInvoker: z.boolean().default(true),
    materialized: z.boolean().default(false),
  }),
  plan({ schema, view, query, securityInvoker, materialized }): Change {
    const options = securityInvoker && !materialized ? ' with (security_invoker = true)' : '';
    return {
      statements: [
        `create ${materialized ? 'materialized ' : ''}view ${qualified(schema, view)}${options} as ${query}`,
      ],
      creates: [{ kind: materialized ? 'materialized view' : 'view', identity: identity(schema, view) }],
    };
  },
});

export const grantTable: AnyOperation = defineOperation({
  name: 'grant-table',
  input: z.strictObject({ ...tableShape, privileges: z.array(PRIVILEGES).min(1).max(7), role: Name }),
  plan({ schema, table, privileges, role }, { structure }): Change {
    findTable(structure, schema, table);
    return { statements: [`grant ${privileges.join(', ')} on ${qualified(schema, table)} to ${ident(role)}`] };
  },
});

export const revokeTable: AnyOperation = defineOperation({
  name: 'revoke-table',
  input: z.strictObject({ ...tableShape, privileges: z.array(PRIVILEGES).min(1).max(7), role: Name }),
  plan({ schema, table, privileges, role }, { structure }): Change {
    findTable(structure, schema, table);
    return { statements: [`revoke ${privileges.join(', ')} on ${qualified(schema, table)} from ${ident(role)}`] };
  },
});
