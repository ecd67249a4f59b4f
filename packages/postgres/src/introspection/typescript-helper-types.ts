import { quoteName } from './typescript-type.ts';

/** The shorthands programs use: `Tables<'todos'>`, `TablesInsert<{ schema: 'shop' }, 'orders'>`, `Enums<'mood'>`. */
export function typescriptHelperTypes(defaultSchema: string): string {
  return `type Schemas = Omit<Database, '__InternalSupabase'>;
type DefaultSchema = Schemas[${quoteName(defaultSchema)}];
type InSchema = { schema: keyof Schemas };
type Readable<Schema extends { Tables: unknown; Views: unknown }> = Schema['Tables'] & Schema['Views'];

export type Tables<
  NameOrSchema extends keyof Readable<DefaultSchema> | InSchema,
  Name extends NameOrSchema extends InSchema ? keyof Readable<Schemas[NameOrSchema['schema']]> : never = never,
> = (
  NameOrSchema extends InSchema
    ? Readable<Schemas[NameOrSchema['schema']]>[Name]
    : NameOrSchema extends keyof Readable<DefaultSchema>
      ? Readable<DefaultSchema>[NameOrSchema]
      : never
) extends { Row: infer Row }
  ? Row
  : never;
${['Insert', 'Update'].map((shape) => tableShape(shape)).join('')}${['Enums', 'CompositeTypes'].map((kind) => member(kind)).join('')}`;
}

function tableShape(shape: string): string {
  return `
export type Tables${shape}<
  NameOrSchema extends keyof DefaultSchema['Tables'] | InSchema,
  Name extends NameOrSchema extends InSchema ? keyof Schemas[NameOrSchema['schema']]['Tables'] : never = never,
> = (
  NameOrSchema extends InSchema
    ? Schemas[NameOrSchema['schema']]['Tables'][Name]
    : NameOrSchema extends keyof DefaultSchema['Tables']
      ? DefaultSchema['Tables'][NameOrSchema]
      : never
) extends { ${shape}: infer ${shape} }
  ? ${shape}
  : never;
`;
}

function member(kind: string): string {
  return `
export type ${kind}<
  NameOrSchema extends keyof DefaultSchema['${kind}'] | InSchema,
  Name extends NameOrSchema extends InSchema ? keyof Schemas[NameOrSchema['schema']]['${kind}'] : never = never,
> = NameOrSchema extends InSchema
  ? Schemas[NameOrSchema['schema']]['${kind}'][Name]
  : NameOrSchema extends keyof DefaultSchema['${kind}']
    ? DefaultSchema['${kind}'][NameOrSchema]
    : never;
`;
}
