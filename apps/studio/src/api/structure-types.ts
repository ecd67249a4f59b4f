/** The parts of a database's structure that pages show, as `GET …/meta/structure` answers them. */
export interface Structure {
  readonly schemas: readonly { readonly name: string; readonly owner: string; readonly comment: string | null }[];
  readonly tables: readonly TableInfo[];
  readonly constraints: readonly ConstraintInfo[];
  readonly types: readonly TypeInfo[];
  readonly indexes: readonly IndexInfo[];
  readonly policies: readonly PolicyInfo[];
  readonly triggers: readonly TriggerInfo[];
  readonly functions: readonly FunctionInfo[];
}

export interface IndexInfo {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly method: string;
  readonly definition: string;
  readonly sizeBytes: number;
  /** A constraint rests on it. */
  readonly constraint: string | null;
}

export interface PolicyInfo {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

export interface TriggerInfo {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly enabled: 'always' | 'origin' | 'replica' | 'disabled';
  readonly definition: string;
}

export interface FunctionInfo {
  readonly schema: string;
  readonly name: string;
  /** `a integer, b text DEFAULT 'x'` */
  readonly arguments: string;
  readonly signature: string;
  readonly returns: string | null;
  readonly language: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly securityDefiner: boolean;
  readonly definition: string | null;
}

export interface TableInfo {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table' | 'sequence';
  readonly owner: string;
  readonly rowSecurity: boolean;
  /** An estimate; null before anybody counted. */
  readonly rows: number | null;
  readonly comment: string | null;
  readonly columns: readonly ColumnInfo[];
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly identity: 'always' | 'by default' | null;
  readonly generated: boolean;
  readonly comment: string | null;
}

export interface ConstraintInfo {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  readonly columns: readonly string[];
  readonly definition: string;
  readonly validated: boolean;
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] } | null;
}

export interface TypeInfo {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'enum' | 'domain' | 'composite' | 'range';
  readonly labels: readonly string[];
}
