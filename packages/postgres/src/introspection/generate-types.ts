import { relationKey, type NamedType, type Relation, type Snapshot } from './snapshot.ts';
import { block, propertyName, type Entry } from './typescript-block.ts';
import { typescriptHelperTypes } from './typescript-helper-types.ts';
import { writeRelation, writeRoutines } from './typescript-relations.ts';
import { quoteName, typescriptTypes, writeLabels, type WriteType } from './typescript-type.ts';

export interface GenerateTypesOptions {
  /** The schemas a client may choose; one that does not exist has no members. */
  readonly schemas: readonly string[];
}

/** The dialect the generated types promise, read by the client's type-level feature switches. */
const POSTGREST_VERSION = '14';
const USUAL_DEFAULT_SCHEMA = 'public';

/**
 * Writes the TypeScript module whose `Database` type `createClient<Database>()` of supabase-js takes. Equal
 * snapshots give equal text, so that it can be committed and compared.
 *
 * @see https://supabase.com/docs/guides/api/rest/generating-types
 */
export function generateTypes(snapshot: Snapshot, { schemas }: GenerateTypesOptions): string {
  const chosen = [...new Set(schemas)].toSorted();
  const writeType = typescriptTypes(snapshot, new Set(chosen));
  const database = block([
    ['__InternalSupabase', block([['PostgrestVersion', quoteName(POSTGREST_VERSION)]])],
    ...chosen.map((schema): Entry => [propertyName(schema), writeSchema(schema, snapshot, writeType)]),
  ]);
  const defaultSchema = chosen.includes(USUAL_DEFAULT_SCHEMA)
    ? USUAL_DEFAULT_SCHEMA
    : (schemas[0] ?? USUAL_DEFAULT_SCHEMA);
  return [
    'export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];\n',
    `export type Database = ${database};\n`,
    typescriptHelperTypes(defaultSchema),
    `export const Constants = ${writeConstants(chosen, snapshot)} as const;\n`,
  ].join('\n');
}

function writeSchema(schema: string, snapshot: Snapshot, writeType: WriteType): string {
  const relations = [...snapshot.relations.values()].filter((relation) => relation.schema === schema).toSorted(byName);
  const write = (relation: Relation): Entry => [
    propertyName(relation.name),
    writeRelation(relation, snapshot, writeType),
  ];
  const routines = [...snapshot.routines.values()]
    .flatMap((overloads) => overloads[0] ?? [])
    .filter((routine) => routine.schema === schema)
    .toSorted(byName);
  return block([
    ['Tables', block(relations.filter((relation) => !isView(relation)).map(write))],
    ['Views', block(relations.filter(isView).map(write))],
    [
      'Functions',
      block(
        routines.map(({ name }): Entry => [
          propertyName(name),
          writeRoutines(snapshot.routines.get(relationKey(schema, name)) ?? [], snapshot, writeType),
        ]),
      ),
    ],
    [
      'Enums',
      block(enumsOf(schema, snapshot).map(({ name, labels }): Entry => [propertyName(name), writeLabels(labels)])),
    ],
    [
      'CompositeTypes',
      block(
        compositesOf(schema, snapshot).map(({ name, attributes }): Entry => [
          propertyName(name),
          block(
            attributes.map((attribute): Entry => [propertyName(attribute.name), `${writeType(attribute.type)} | null`]),
          ),
        ]),
      ),
    ],
  ]);
}

function isView({ kind }: Relation): boolean {
  return kind === 'view' || kind === 'materialized-view';
}

function writeConstants(schemas: readonly string[], snapshot: Snapshot): string {
  const written = schemas.map((schema) => {
    const enums = enumsOf(schema, snapshot).map(
      ({ name, labels }) => `${propertyName(name)}: [${labels.map(quoteName).join(', ')}]`,
    );
    return `  ${propertyName(schema)}: { Enums: {${enums.length === 0 ? '' : ` ${enums.join(', ')} `}} },`;
  });
  return `{\n${written.join('\n')}\n}`;
}

function enumsOf(schema: string, snapshot: Snapshot): readonly Extract<NamedType, { kind: 'enum' }>[] {
  return [...snapshot.types.values()]
    .filter((type) => type.kind === 'enum')
    .filter((type) => type.schema === schema)
    .toSorted(byName);
}

function compositesOf(schema: string, snapshot: Snapshot): readonly Extract<NamedType, { kind: 'composite' }>[] {
  return [...snapshot.types.values()]
    .filter((type) => type.kind === 'composite')
    .filter((type) => type.schema === schema)
    .toSorted(byName);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
