import type { ColumnPair } from '@ashlar/postgres';
import type { QualifiedName } from '../../plan/query-plan.ts';
import type { Aggregate } from '../schema/aggregates.ts';
import type { Entity, EntityColumn, ValueType } from '../schema/graph-model.ts';

/** What an operation means in terms of rows, free of GraphQL and not yet SQL. Values are texts PostgreSQL reads. */
export type ReadPlan =
  | { readonly kind: 'connection'; readonly connection: ConnectionPlan }
  | { readonly kind: 'row'; readonly row: RowPlan }
  | { readonly kind: 'value'; readonly call: Invocation; readonly type: ValueType }
  /** Nothing to ask the database for: an id of no table the role can see. */
  | { readonly kind: 'nothing' };

export type WritePlan =
  | { readonly kind: 'write'; readonly action: WriteAction; readonly members: readonly Member<WriteValue>[] }
  /** A volatile function; its rows are kept, so that it runs once whatever is asked of them. */
  | { readonly kind: 'call'; readonly invocation: Invocation; readonly read: ReadPlan };

/** One key of an object in the answer. */
export interface Member<Value> {
  readonly key: string;
  readonly value: Value | TypeName;
}

interface TypeName {
  readonly kind: 'typename';
  readonly name: string;
}

export type NodeValue =
  | { readonly kind: 'column'; readonly name: string; readonly type: ValueType }
  | { readonly kind: 'computed'; readonly function: QualifiedName; readonly type: ValueType }
  | { readonly kind: 'node-id'; readonly entity: Entity }
  | { readonly kind: 'row'; readonly row: RowPlan }
  | { readonly kind: 'connection'; readonly connection: ConnectionPlan };

/** At most one row. */
export interface RowPlan {
  readonly rows: Rows;
  readonly members: readonly Member<NodeValue>[];
}

export interface Rows {
  readonly source: Source;
  /** Ties them to the row above. */
  readonly link: readonly ColumnPair[];
  readonly where: readonly Condition[];
}

export type Source =
  | { readonly kind: 'relation'; readonly schema: string; readonly name: string }
  | { readonly kind: 'call'; readonly invocation: Invocation }
  /** A function of the row above. */
  | { readonly kind: 'computed'; readonly function: QualifiedName }
  /** What a mutation or a volatile function returned. */
  | { readonly kind: 'result' };

export interface Invocation {
  readonly function: QualifiedName;
  readonly arguments: readonly { readonly name: string; readonly type: string; readonly value: string | null }[];
}

export interface ConnectionPlan {
  readonly rows: Rows;
  /** Ends with the key, so that no two rows are equal by it. */
  readonly order: readonly OrderTerm[];
  readonly page: Page;
  readonly members: readonly Member<ConnectionValue>[];
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
  /** The last rows instead of the first; still given in order. */
  readonly backward: boolean;
  /** Rows beyond the cursor. */
  readonly seek: Condition | null;
}

export interface OrderTerm {
  readonly column: EntityColumn;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type ConnectionValue =
  | { readonly kind: 'edges'; readonly members: readonly Member<EdgeValue>[] }
  | { readonly kind: 'page-info'; readonly members: readonly Member<PageInfoValue>[] }
  | { readonly kind: 'total-count' }
  | { readonly kind: 'aggregate'; readonly members: readonly Member<AggregateValue>[] };

export type EdgeValue =
  | { readonly kind: 'cursor' }
  | { readonly kind: 'node'; readonly members: readonly Member<NodeValue>[] };

export interface PageInfoValue {
  readonly kind: 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor';
}

export type AggregateValue =
  | { readonly kind: 'count' }
  | { readonly kind: 'columns'; readonly aggregate: Aggregate; readonly members: readonly Member<AggregatedColumn>[] };

export interface AggregatedColumn {
  readonly kind: 'aggregated';
  readonly column: string;
  readonly type: ValueType;
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  /** False or unknown: what `not` makes of a comparison with null. */
  | { readonly kind: 'untrue'; readonly condition: Condition }
  | { readonly kind: 'null'; readonly column: string; readonly negated: boolean }
  | {
      readonly kind: 'compare';
      readonly column: string;
      /** Of SQL. */
      readonly operator: string;
      readonly value: string;
      /** `value` is an array, and one equal member is enough. */
      readonly any: boolean;
    }
  /** Row-wise, which an index on the columns serves. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly string[];
      readonly operator: '<' | '>';
      readonly values: readonly string[];
    }
  | { readonly kind: 'never' };

export type WriteAction =
  | {
      readonly kind: 'insert';
      readonly relation: QualifiedName;
      readonly columns: readonly string[];
      /** By row and column; undefined takes the column's default. */
      readonly rows: readonly (readonly (string | null | undefined)[])[];
    }
  | {
      readonly kind: 'update';
      readonly relation: QualifiedName;
      readonly set: readonly { readonly column: string; readonly value: string | null }[];
      readonly where: readonly Condition[];
      readonly atMost: number;
    }
  | {
      readonly kind: 'delete';
      readonly relation: QualifiedName;
      readonly where: readonly Condition[];
      readonly atMost: number;
    };

export type WriteValue =
  | { readonly kind: 'affected-count' }
  | { readonly kind: 'records'; readonly members: readonly Member<NodeValue>[] };
