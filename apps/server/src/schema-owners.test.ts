import { expect, test } from 'vitest';
import { serviceModules } from './composition.ts';
import { schemaOwners } from './schema-owners.ts';

test('every schema a service declares is migrated, in the order of the services', () => {
  const declared = serviceModules.flatMap(({ contract }) => contract.schema ?? []);
  expect(schemaOwners.slice(1)).toEqual(declared);
});
