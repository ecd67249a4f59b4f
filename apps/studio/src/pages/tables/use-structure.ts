import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Structure, TableInfo } from '../../api/structure-types.ts';

export function useStructure(ref: string): UseQueryResult<Structure> {
  return useQuery(queries.structure(ref));
}

const KEPT_BY_THE_PLATFORM = 'supabase_migrations';

/** Schemas people keep their own tables in: those that belong to whoever owns `public`. */
export function ownSchemas({ schemas }: Structure): readonly string[] {
  const owner = schemas.find(({ name }) => name === 'public')?.owner;
  return schemas
    .filter((schema) => schema.owner === owner && schema.name !== KEPT_BY_THE_PLATFORM)
    .map(({ name }) => name)
    .toSorted((left, right) => Number(right === 'public') - Number(left === 'public') || left.localeCompare(right));
}

/** Everything with rows in a schema, by name. */
export function tablesIn({ tables }: Structure, schema: string): readonly TableInfo[] {
  return tables
    .filter((table) => table.schema === schema && table.kind !== 'sequence')
    .toSorted((left, right) => left.name.localeCompare(right.name));
}
