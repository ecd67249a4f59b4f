import type { ColumnPair, Junction } from '@ashlar/postgres';
import type { Condition } from '../parse/condition.ts';
import type { JsonStep } from '../parse/field.ts';
import type { Operand } from '../parse/operand.ts';
import type { RowRange } from '../parse/range.ts';
import type { Aggregate } from '../parse/select.ts';

/**
 * What a statement calls the rows of the request's body. The statement's own names begin with an underscore, which
 * columns and tables of applications rarely do.
 */
export const BODY_ALIAS = '_body';

/** A schema and a name in it. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** A column as SQL names it: `"alias"."name"->'a'->>'b'`. */
export interface ColumnRef {
  readonly alias: string;
  readonly name: string;
  readonly path: readonly JsonStep[];
  /** The column is no json itself, so a path needs `to_jsonb` around it. */
  readonly wrapped: boolean;
}

export type Output =
  | { readonly kind: 'star'; readonly alias: string; readonly names: readonly string[] }
  | {
      readonly kind: 'column';
      readonly column: ColumnRef;
      readonly cast: string | null;
      readonly aggregate: Aggregate | null;
      /** Key in the result. */
      readonly name: string;
    }
  | { readonly kind: 'count'; readonly cast: string | null; readonly name: string }
  | { readonly kind: 'embed'; readonly embed: Embed };

export type Predicate =
  | {
      readonly kind: 'condition';
      readonly column: ColumnRef;
      readonly condition: Condition;
      /** A full-text operator meets text, which `to_tsvector` must read first. */
      readonly toVector: boolean;
    }
  /** There is no embedded row. */
  | { readonly kind: 'absent'; readonly embed: Embed; readonly negated: boolean }
  | {
      readonly kind: 'and' | 'or';
      readonly negated: boolean;
      readonly predicates: readonly Predicate[];
    };

export interface OrderBy {
  readonly column: ColumnRef;
  /** The to-one embed the column belongs to, when it is not the level's own. */
  readonly embed: Embed | null;
  readonly direction: 'asc' | 'desc' | null;
  readonly nulls: 'first' | 'last' | null;
}

/** Where the rows of a level come from. */
export type Source =
  | ({ readonly kind: 'relation' } & QualifiedName)
  /** The rows a mutation or a function call gave, in the statement's own `result`. */
  | { readonly kind: 'result' };

/** One level of a read: the request's own relation, or an embed. */
export interface Level {
  readonly source: Source;
  readonly alias: string;
  readonly outputs: readonly Output[];
  readonly where: readonly Predicate[];
  readonly order: readonly OrderBy[];
  readonly range: RowRange;
  readonly embeds: readonly Embed[];
  /** An aggregate stands among the outputs: the others are what it is grouped by. */
  readonly grouped: boolean;
  /** A to-one spread: its aggregates are those of the level above, which it only gives the values for. */
  readonly lendsAggregates: boolean;
}

export interface Embed {
  /** Key in the result. */
  readonly name: string;
  /** Of the joined subquery. */
  readonly alias: string;
  readonly level: Level;
  readonly toOne: boolean;
  readonly inner: boolean;
  readonly spread: boolean;
  readonly link: Link;
  /** Nothing of it is output, but it joins. */
  readonly hidden: boolean;
}

/** How an embed's rows belong to a row of the level above. */
export type Link =
  | { readonly kind: 'columns'; readonly parent: string; readonly pairs: readonly ColumnPair[] }
  | { readonly kind: 'junction'; readonly parent: string; readonly alias: string; readonly junction: Junction }
  | {
      readonly kind: 'computed';
      readonly parent: string;
      readonly function: QualifiedName;
      /** The type the function takes, where the parent's row is no longer one of a table by itself. */
      readonly rowType: QualifiedName | null;
    };

export interface WrittenColumn {
  readonly name: string;
  /** As declared, domains kept. */
  readonly type: string;
  readonly defaultExpression: string | null;
}

export interface Insert {
  readonly kind: 'insert';
  readonly relation: QualifiedName;
  readonly columns: readonly WrittenColumn[];
  readonly payloadForm: 'object' | 'array';
  /** Keys a row lacks take the column's default instead of null. */
  readonly missingDefaults: boolean;
  readonly conflict: { readonly action: 'merge' | 'ignore'; readonly target: readonly string[] } | null;
  /** Conditions every row must meet to be written at all (PUT: the key in the URL). */
  readonly admit: readonly Predicate[];
}

export interface Update {
  readonly kind: 'update';
  readonly relation: QualifiedName;
  readonly columns: readonly WrittenColumn[];
  readonly payloadForm: 'object' | 'array';
  readonly where: readonly Predicate[];
}

export interface Delete {
  readonly kind: 'delete';
  readonly relation: QualifiedName;
  readonly where: readonly Predicate[];
}

export interface CallFunction {
  readonly kind: 'call';
  readonly function: QualifiedName;
  readonly arguments: readonly Argument[];
  /** Body is a JSON object of arguments, read with these types. */
  readonly bodyParameters: readonly { readonly name: string; readonly type: string }[];
  readonly result: 'void' | 'scalar' | 'scalar-set' | 'row' | 'row-set';
}

export type Argument =
  | { readonly from: 'body'; readonly name: string; readonly variadic: boolean }
  /** The whole body, for a single unnamed parameter. */
  | { readonly from: 'whole-body'; readonly type: string }
  | {
      readonly from: 'query';
      readonly name: string;
      readonly type: string;
      readonly variadic: boolean;
      readonly values: readonly Operand[];
    };

/** Raised inside the statement, so that what it refuses was never committed. */
export type Guard = { readonly kind: 'one-row' } | { readonly kind: 'max-affected'; readonly rows: number };

export interface QueryPlan {
  /** What the statement does before it reads its rows; null for a plain read. */
  readonly action: Insert | Update | Delete | CallFunction | null;
  /** How the rows are read; null when the answer has no body and needs no more than their number. */
  readonly level: Level | null;
  readonly render: 'array' | 'one' | 'csv' | 'scalar' | 'text' | 'bytes' | 'none';
  readonly stripNulls: boolean;
  /** In the order they are checked. */
  readonly guards: readonly Guard[];
  readonly count: 'exact' | 'planned' | 'estimated' | null;
  /** Rows an estimated count counts exactly. */
  readonly countLimit: number | null;
  /** Primary-key columns a `Location` header is made of. */
  readonly location: readonly string[] | null;
  /** The rows of the answer among all there are. */
  readonly range: RowRange;
  /** Columns the action must return for `level` and `location`; `*` stands for the relation's own. */
  readonly returning: readonly string[];
  /** Functions and triggers may have set `response.headers` and `response.status`. */
  readonly readsResponseSettings: boolean;
}
