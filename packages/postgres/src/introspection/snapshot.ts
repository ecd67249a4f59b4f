/**
 * The schema snapshot: all that a request is planned against, read in one pass from the catalogue and never
 * changed afterwards. A request keeps the snapshot it started with; DDL makes a new one.
 */

export type RelationKind = 'table' | 'view' | 'materialized-view' | 'foreign-table' | 'partitioned-table';

export interface Column {
  readonly name: string;
  readonly position: number;
  /** As `format_type` prints it, domains resolved to their base type: `integer`, `text[]`, `public.mood`. */
  readonly type: string;
  /** As declared, domains kept. */
  readonly nominalType: string;
  /** `pg_type.typcategory`: A array, E enum, S string, N numeric, … ; `U` covers json and jsonb. */
  readonly category: string;
  readonly isArray: boolean;
  readonly isComposite: boolean;
  readonly maxLength: number | null;
  readonly nullable: boolean;
  /** The default's expression as SQL, or null. Identity and generated columns count as having one. */
  readonly defaultExpression: string | null;
  readonly identity: 'always' | 'by default' | null;
  readonly generated: boolean;
  readonly updatable: boolean;
  readonly enumLabels: readonly string[];
  readonly comment: string | null;
}

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly columns: ReadonlyMap<string, Column>;
  /** Primary-key column names in key order; for views those found through the columns they show. */
  readonly primaryKey: readonly string[];
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly deletable: boolean;
  /** Row-level security is on: roles may see fewer rows than there are. */
  readonly rowSecurity: boolean;
  readonly comment: string | null;
}

/** How many rows of the target belong to one row of the origin. */
export type Cardinality = 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many';

export interface ColumnPair {
  readonly origin: string;
  readonly target: string;
}

export interface Junction {
  readonly schema: string;
  readonly name: string;
  /** Constraint from the junction to the origin, and to the target. */
  readonly originConstraint: string;
  readonly targetConstraint: string;
  /** `origin` = column of the origin table, `target` = column of the junction. */
  readonly originColumns: readonly ColumnPair[];
  /** `origin` = column of the junction, `target` = column of the target table. */
  readonly targetColumns: readonly ColumnPair[];
}

/** One direction of one foreign key (or of a junction of two), seen from `origin`. */
export interface Relationship {
  readonly cardinality: Cardinality;
  /** Empty for many-to-many (see `junction`) and for a computed one. */
  readonly constraint: string;
  readonly originSchema: string;
  readonly origin: string;
  readonly targetSchema: string;
  readonly target: string;
  /** Empty for many-to-many: see `junction`. */
  readonly columns: readonly ColumnPair[];
  readonly junction: Junction | null;
  readonly selfReference: boolean;
  /** The origin or the target is a view: constraint names are then no valid target word. */
  readonly throughView: boolean;
  /** The origin has the referencing columns: tells the two directions of a one-to-one apart. */
  readonly ownsForeignKey: boolean;
  /** The function that computes it, for a computed relationship; its columns are then empty. */
  readonly computedBy: { readonly schema: string; readonly name: string } | null;
}

export interface FunctionParameter {
  /** Empty for an unnamed parameter. */
  readonly name: string;
  /** As declared, domains kept; and with no length implied: `bpchar`, `"bit"`. */
  readonly type: string;
  readonly required: boolean;
  readonly variadic: boolean;
}

export type FunctionResult =
  | { readonly kind: 'void' }
  /** A plain `record`, whose columns nobody knows, is a scalar too. */
  | { readonly kind: 'scalar'; readonly type: string; readonly set: boolean }
  /** `relation` when the rows are those of a table or view, so they can be filtered and embedded. */
  | {
      readonly kind: 'composite';
      readonly set: boolean;
      readonly relation: { readonly schema: string; readonly name: string } | null;
      /** OUT and TABLE columns, or the attributes of a free-standing composite type; empty for a relation's rows. */
      readonly columns: readonly Attribute[];
    };

/** A named member of a row that is not a relation's. */
export interface Attribute {
  readonly name: string;
  readonly type: string;
}

/** What a type name that is not PostgreSQL's own stands for. */
export type NamedType =
  | { readonly kind: 'enum'; readonly schema: string; readonly name: string; readonly labels: readonly string[] }
  | {
      readonly kind: 'composite';
      readonly schema: string;
      readonly name: string;
      readonly attributes: readonly Attribute[];
    }
  | { readonly kind: 'domain'; readonly schema: string; readonly name: string; readonly base: string }
  /** The row type of a table or view. */
  | { readonly kind: 'row'; readonly schema: string; readonly name: string };

export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly FunctionParameter[];
  readonly result: FunctionResult;
  readonly volatility: 'volatile' | 'stable' | 'immutable';
  readonly hasVariadic: boolean;
  /** `SET` clauses of the function that the request's transaction must carry: isolation, timeouts. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** The row type of its only parameter, when that is a table's: a computed column or relationship. */
  readonly computedOn: { readonly schema: string; readonly name: string } | null;
  readonly comment: string | null;
}

export interface Snapshot {
  /** Grows with every load; equal numbers mean the same snapshot. */
  readonly version: number;
  /** Keyed by `relationKey(schema, name)`. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** By origin's `relationKey`, in the order candidates are listed: by target, kind, constraint. */
  readonly relationships: ReadonlyMap<string, readonly Relationship[]>;
  /** By `relationKey(schema, name)`, in definition order (oid). */
  readonly routines: ReadonlyMap<string, readonly Routine[]>;
  /** Enums, composites, domains and the row types in use, by the spelling of `Column.type`: `public."Mood"`. */
  readonly types: ReadonlyMap<string, NamedType>;
  /** `IN DATABASE` settings of each API role, such as statement_timeout. */
  readonly roleSettings: ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>;
  /** Roles to which row-level security does not apply. */
  readonly bypassRoles: ReadonlySet<string>;
  /** Names of time zones the server knows: an unknown `Prefer: timezone=` is ignored. */
  readonly timezones: ReadonlySet<string>;
  /** All schemas with objects, for hints and configuration checks. */
  readonly schemas: ReadonlySet<string>;
}

/** No PostgreSQL name holds a NUL, so the key is unambiguous. */
export function relationKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
