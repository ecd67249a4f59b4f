/** The parts of a database's structure that pages show, as `GET …/meta/structure` answers them. */
export interface Structure {
  readonly schemas: readonly { readonly name: string; readonly owner: string }[];
  readonly tables: readonly TableInfo[];
  readonly constraints: readonly ConstraintInfo[];
  readonly types: readonly TypeInfo[];
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
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] } | null;
}

export interface TypeInfo {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'enum' | 'domain' | 'composite' | 'range';
  readonly labels: readonly string[];
}
