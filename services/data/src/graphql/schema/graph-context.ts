import type { Snapshot } from '@ashlar/postgres';
import type { Entity, EntityField } from './graph-model.ts';
import type { RoleAccess } from './role-access.ts';
import type { ValueTypes } from './value-types.ts';

/** Its fields are still being filled in. */
export interface DraftEntity extends Entity {
  readonly fields: Map<string, EntityField>;
}

export interface GraphContext {
  readonly snapshot: Snapshot;
  readonly access: RoleAccess;
  readonly entities: ReadonlyMap<string, DraftEntity>;
  readonly types: ValueTypes;
  readonly inflects: boolean;
}
