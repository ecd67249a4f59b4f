import type { Column, ColumnPair, FunctionParameter, Relation } from '@ashlar/postgres';
import type { QualifiedName } from '../../plan/query-plan.ts';
import type { ScalarName } from './scalars.ts';

/**
 * What a role's GraphQL schema is about, apart from graphql-js: the planner reads this, `build-schema.ts` shows it to
 * clients. Nothing a role has no privilege on is in it.
 */
export interface GraphModel {
  /** By `relationKey`. */
  readonly entities: ReadonlyMap<string, Entity>;
  readonly entitiesByType: ReadonlyMap<string, Entity>;
  readonly enumerations: ReadonlyMap<string, Enumeration>;
  readonly queries: ReadonlyMap<string, RootField>;
  readonly mutations: ReadonlyMap<string, RootField>;
  readonly introspection: boolean;
}

/** A table or view with what the role may do with it. */
export interface Entity {
  readonly relation: Relation;
  readonly typeName: string;
  readonly description: string | null;
  /** Fields of the type by name; empty when its rows cannot be read. */
  readonly fields: ReadonlyMap<string, EntityField>;
  /** Its rows can be read: at least one column, and those of the key. */
  readonly readable: boolean;
  /** In key order; what pages are ordered by last, and what `nodeId` is made of. */
  readonly primaryKey: readonly EntityColumn[];
  readonly insertable: readonly EntityColumn[];
  readonly updatable: readonly EntityColumn[];
  readonly deletable: boolean;
  readonly maxRows: number;
  readonly totalCount: boolean;
  readonly aggregate: boolean;
}

export type EntityField =
  | { readonly kind: 'node-id' }
  | { readonly kind: 'column'; readonly column: EntityColumn }
  | { readonly kind: 'computed'; readonly function: QualifiedName; readonly type: ValueType }
  | {
      readonly kind: 'relation';
      readonly many: boolean;
      readonly nullable: boolean;
      readonly relation: EntityRelation;
    };

/** A way from a row of one entity to rows of another. */
export interface EntityRelation {
  /** `relationKey` of the target. */
  readonly target: string;
  readonly by:
    | { readonly kind: 'columns'; readonly pairs: readonly ColumnPair[] }
    | { readonly kind: 'function'; readonly function: QualifiedName };
}

export interface EntityColumn {
  readonly name: string;
  readonly fieldName: string;
  readonly description: string | null;
  readonly type: ValueType;
  readonly column: Column;
}

/** A type of PostgreSQL as GraphQL shows it. */
export interface ValueType {
  readonly of: { readonly scalar: ScalarName } | { readonly enumeration: Enumeration };
  readonly isList: boolean;
  /** As PostgreSQL spells it; for a list the list's. */
  readonly spelling: string;
}

export interface Enumeration {
  readonly typeName: string;
  readonly description: string | null;
  /** In PostgreSQL's order. */
  readonly values: readonly { readonly name: string; readonly label: string }[];
  /** Some name is not its label. */
  readonly isMapped: boolean;
}

export type RootField =
  | { readonly kind: 'node' }
  | { readonly kind: 'collection' | 'by-key' | 'insert' | 'update' | 'delete'; readonly entity: Entity }
  | { readonly kind: 'call'; readonly call: CallField };

/** A function as a field. */
export interface CallField {
  readonly function: QualifiedName;
  readonly description: string | null;
  readonly isVolatile: boolean;
  readonly parameters: readonly CallParameter[];
  readonly result:
    | { readonly kind: 'value'; readonly type: ValueType }
    | { readonly kind: 'row' | 'rows'; readonly entity: Entity };
}

export interface CallParameter {
  readonly argumentName: string;
  readonly type: ValueType;
  readonly parameter: FunctionParameter;
}
