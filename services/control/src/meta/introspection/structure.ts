/** What a database consists of, as its catalogue has it. Names are as they are, without quotes; types are spelled as SQL. */
export interface Structure {
  readonly schemas: readonly SchemaInfo[];
  readonly tables: readonly TableInfo[];
  readonly constraints: readonly ConstraintInfo[];
  readonly indexes: readonly IndexInfo[];
  readonly policies: readonly PolicyInfo[];
  readonly triggers: readonly TriggerInfo[];
  readonly functions: readonly FunctionInfo[];
  readonly types: readonly TypeInfo[];
  readonly extensions: readonly ExtensionInfo[];
  readonly roles: readonly RoleInfo[];
  readonly publications: readonly PublicationInfo[];
}

/** The members of a structure. */
export const STRUCTURE_KINDS: readonly (keyof Structure)[] = [
  'schemas',
  'tables',
  'constraints',
  'indexes',
  'policies',
  'triggers',
  'functions',
  'types',
  'extensions',
  'roles',
  'publications',
];

interface Named {
  /** Of its catalogue; stays when it is renamed. */
  readonly oid: number;
  readonly name: string;
  readonly comment: string | null;
}

interface InSchema extends Named {
  readonly schema: string;
}

/** Part of a table. */
interface OfTable extends Named {
  readonly schema: string;
  readonly table: string;
}

export interface SchemaInfo extends Named {
  readonly owner: string;
}

export type TableKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table' | 'sequence';

export interface TableInfo extends InSchema {
  readonly kind: TableKind;
  readonly owner: string;
  readonly rowSecurity: boolean;
  readonly rowSecurityForced: boolean;
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  /** An estimate; null before anybody counted. */
  readonly rows: number | null;
  readonly sizeBytes: number;
  /** Of a view. */
  readonly definition: string | null;
  /** Of a sequence: the table whose column it numbers, as `schema.table`. */
  readonly ownedBy: string | null;
  /** Of a view: reads with the rights of who asks. */
  readonly securityInvoker: boolean;
  readonly columns: readonly ColumnInfo[];
}

export interface ColumnInfo {
  readonly name: string;
  /** From 1; numbers of dropped columns are left out. */
  readonly position: number;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly identity: 'always' | 'by default' | null;
  readonly generated: boolean;
  readonly comment: string | null;
}

export interface ConstraintInfo extends OfTable {
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  readonly columns: readonly string[];
  readonly definition: string;
  readonly validated: boolean;
  /** Of a foreign key. */
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] } | null;
}

export interface IndexInfo extends OfTable {
  readonly unique: boolean;
  readonly primary: boolean;
  readonly method: string;
  readonly definition: string;
  readonly sizeBytes: number;
  /** A constraint rests on it. */
  readonly constraint: string | null;
}

export interface PolicyInfo extends OfTable {
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

export interface TriggerInfo extends OfTable {
  readonly enabled: 'always' | 'origin' | 'replica' | 'disabled';
  readonly definition: string;
}

export interface FunctionInfo extends InSchema {
  /** `a integer, b text` */
  readonly arguments: string;
  /** Types alone, as a `DROP FUNCTION` names them. */
  readonly signature: string;
  readonly returns: string | null;
  readonly language: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly securityDefiner: boolean;
  readonly definition: string | null;
}

export interface TypeInfo extends InSchema {
  readonly kind: 'enum' | 'domain' | 'composite' | 'range';
  readonly labels: readonly string[];
}

export interface ExtensionInfo extends Named {
  readonly schema: string | null;
  readonly version: string;
  /** False: it could be had. */
  readonly installed: boolean;
}

export interface RoleInfo extends Named {
  readonly canLogin: boolean;
  readonly bypassesRowSecurity: boolean;
  readonly memberOf: readonly string[];
}

export interface PublicationInfo extends Named {
  readonly allTables: boolean;
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
}
