import { z } from 'zod';
import type { Structure } from '../introspection/structure.ts';
import { findTable, ident, identity, must, Name, qualified, unknownObject } from './names.ts';
import { type AnyOperation, type Change, defineOperation } from './operation.ts';

const ViewRef = z.strictObject({ schema: Name.default('public'), view: Name });
const FunctionRef = z.strictObject({
  schema: Name.default('public'),
  function: Name,
  /** As introspection spells it; tells functions of one name apart. */
  signature: z.string().max(10_000).default(''),
});

/** With its arguments, as statements name it; the signature is the catalogue's own. */
function functionName(
  structure: Structure,
  { schema, function: name, signature }: z.infer<typeof FunctionRef>,
): string {
  must(
    structure.functions.find(
      (found) => found.schema === schema && found.name === name && found.signature === signature,
    ),
    'function',
    `${identity(schema, name)}(${signature})`,
  );
  return `${qualified(schema, name)}(${signature})`;
}

/** Whether a view shows what its owner may see, or what whoever asks may. */
export const setViewInvoker: AnyOperation = defineOperation({
  name: 'set-view-invoker',
  input: ViewRef.extend({ enabled: z.boolean() }),
  plan({ schema, view, enabled }, { structure }): Change {
    if (findTable(structure, schema, view).kind !== 'view') throw unknownObject('view', identity(schema, view));
    return {
      statements: [`alter view ${qualified(schema, view)} set (security_invoker = ${enabled})`],
      locks: [{ relation: identity(schema, view), mode: 'access exclusive' }],
    };
  },
});

/** Names in the function are found in the system's schema and nowhere else. */
export const pinSearchPath: AnyOperation = defineOperation({
  name: 'pin-search-path',
  input: FunctionRef,
  plan: (input, { structure }): Change => ({
    statements: [`alter function ${functionName(structure, input)} set search_path = pg_catalog, pg_temp`],
  }),
});

export const revokeFunction: AnyOperation = defineOperation({
  name: 'revoke-function',
  input: FunctionRef.extend({ roles: z.array(Name).min(1).max(50) }),
  plan({ roles, ...input }, { structure }): Change {
    const from = roles.map((role) => (role === 'public' ? 'public' : ident(role))).join(', ');
    return { statements: [`revoke execute on function ${functionName(structure, input)} from ${from}`] };
  },
});

export const moveExtension: AnyOperation = defineOperation({
  name: 'move-extension',
  input: z.strictObject({ extension: Name, schema: Name.default('extensions') }),
  plan({ extension, schema }, { structure }): Change {
    must(
      structure.extensions.find(({ name, installed }) => installed && name === extension),
      'extension',
      extension,
    );
    return { statements: [`alter extension ${ident(extension)} set schema ${ident(schema)}`] };
  },
});
