import { z } from 'zod';
import type { Structure, TypeInfo } from '../introspection/structure.ts';
import {
  Cascade,
  cascadeWord,
  Expression,
  ident,
  identity,
  literal,
  must,
  Name,
  qualified,
  TypeName,
  unknownObject,
} from './names.ts';
import { type AnyOperation, type Change, defineOperation } from './operation.ts';

const TypeRef = z.strictObject({ schema: Name.default('public'), type: Name });
/** A label is bounded like a name. */
const Label = Name;

function findType(structure: Structure, schema: string, name: string): TypeInfo {
  return must(
    structure.types.find((found) => found.schema === schema && found.name === name),
    'type',
    identity(schema, name),
  );
}

export const createEnum: AnyOperation = defineOperation({
  name: 'create-enum',
  input: TypeRef.extend({ labels: z.array(Label).min(1).max(1_000) }),
  plan: ({ schema, type, labels }): Change => ({
    statements: [`create type ${qualified(schema, type)} as enum (${labels.map(literal).join(', ')})`],
    creates: [{ kind: 'type', identity: identity(schema, type) }],
  }),
});

export const addEnumLabel: AnyOperation = defineOperation({
  name: 'add-enum-label',
  input: TypeRef.extend({ label: Label, before: Label.optional(), after: Label.optional() }).refine(
    ({ before, after }) => before === undefined || after === undefined,
    'stands before or after one label',
  ),
  plan({ schema, type, label, before, after }, { structure }): Change {
    const { labels } = findType(structure, schema, type);
    for (const known of [before, after]) {
      if (known !== undefined && !labels.includes(known)) throw unknownObject('label', identity(schema, type, known));
    }
    const place =
      before !== undefined ? ` before ${literal(before)}` : after !== undefined ? ` after ${literal(after)}` : '';
    return { statements: [`alter type ${qualified(schema, type)} add value ${literal(label)}${place}`] };
  },
});

export const renameEnumLabel: AnyOperation = defineOperation({
  name: 'rename-enum-label',
  input: TypeRef.extend({ label: Label, to: Label }),
  plan({ schema, type, label, to }, { structure }): Change {
    const { labels } = findType(structure, schema, type);
    if (!labels.includes(label)) throw unknownObject('label', identity(schema, type, label));
    return {
      statements: [`alter type ${qualified(schema, type)} rename value ${literal(label)} to ${literal(to)}`],
    };
  },
});

export const createDomain: AnyOperation = defineOperation({
  name: 'create-domain',
  input: TypeRef.extend({ base: TypeName, check: Expression.optional(), nullable: z.boolean().default(true) }),
  plan: ({ schema, type, base, check, nullable }): Change => ({
    statements: [
      `create domain ${qualified(schema, type)} as ${base}${nullable ? '' : ' not null'}` +
        (check === undefined ? '' : ` check (${check})`),
    ],
    creates: [{ kind: 'type', identity: identity(schema, type) }],
  }),
});

export const renameType: AnyOperation = defineOperation({
  name: 'rename-type',
  input: TypeRef.extend({ to: Name }),
  plan({ schema, type, to }, { structure }): Change {
    findType(structure, schema, type);
    return { statements: [`alter type ${qualified(schema, type)} rename to ${ident(to)}`] };
  },
});

export const dropType: AnyOperation = defineOperation({
  name: 'drop-type',
  input: TypeRef.extend({ cascade: Cascade }),
  plan({ schema, type, cascade }, { structure }): Change {
    const { oid, kind } = findType(structure, schema, type);
    return {
      statements: [`drop ${kind === 'domain' ? 'domain' : 'type'} ${qualified(schema, type)}${cascadeWord(cascade)}`],
      drops: [{ catalogue: 'pg_type', oid, part: 0, cascade }],
    };
  },
});
