import { relationKey, type Snapshot } from '@ashlar/postgres';
import type { Resource } from '../parse/resource.ts';
import { findRelation } from '../plan/plan-context.ts';

/** The `Allow` header of OPTIONS: what the resource permits, whoever asks. */
export function allowOf(snapshot: Snapshot, schema: string, resource: Resource): string {
  switch (resource.kind) {
    case 'root':
      return 'OPTIONS,GET,HEAD';
    case 'routine': {
      const overloads = snapshot.routines.get(relationKey(schema, resource.name)) ?? [];
      const isVolatile = overloads.length > 0 && overloads.every(({ volatility }) => volatility === 'volatile');
      return isVolatile ? 'OPTIONS,POST' : 'OPTIONS,GET,HEAD,POST';
    }
    case 'relation': {
      const relation = findRelation({ snapshot, schema }, resource.name);
      const replaceable = relation.insertable && relation.updatable && relation.primaryKey.length > 0;
      return [
        'OPTIONS,GET,HEAD',
        ...(relation.insertable ? ['POST'] : []),
        ...(replaceable ? ['PUT'] : []),
        ...(relation.updatable ? ['PATCH'] : []),
        ...(relation.deletable ? ['DELETE'] : []),
      ].join(',');
    }
  }
}
