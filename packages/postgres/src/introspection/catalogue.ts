import type { LocalSettings } from '../session/call.ts';

/** PostgreSQL's identifier of a catalogue row: a relation, a type. */
export type Oid = number;

/** A column's `attnum`: from 1, with gaps where columns were dropped. */
export type Position = number;

/** One array per property, in column order: a tenth of the JSON that objects would take. */
export interface CatalogueColumns {
  readonly names: readonly string[];
  readonly positions: readonly Position[];
  readonly types: readonly Oid[];
  readonly modifiers: readonly number[];
  readonly notNull: readonly boolean[];
  /** `a` always, `d` by default, empty for neither. */
  readonly identity: readonly string[];
  readonly generated: readonly boolean[];
  readonly defaults: Readonly<Record<string, string>> | null;
}

export interface CatalogueRelation {
  readonly oid: Oid;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'f';
  readonly rowType: Oid;
  readonly rowSecurity: boolean;
  /** Bits as `pg_relation_is_updatable` gives them: 4 update, 8 insert, 16 delete. */
  readonly events: number;
  /** An INSTEAD OF UPDATE trigger takes every column, computed ones too. */
  readonly updateTrigger: boolean;
  readonly columns: CatalogueColumns | null;
}

export interface CatalogueComment {
  readonly relation: Oid;
  /** 0 for the relation itself. */
  readonly position: Position;
  readonly text: string;
}

export interface CatalogueIdentitySequence {
  readonly relation: Oid;
  readonly position: Position;
  /** Quoted and qualified. */
  readonly sequence: string;
}

export interface CatalogueType {
  readonly oid: Oid;
  readonly spelling: string;
  readonly schema: string;
  readonly name: string;
  /** `pg_type.typtype`: b base, c composite, d domain, e enum, p pseudo, r range, m multirange. */
  readonly kind: string;
  readonly category: string;
  /** 0 unless a domain. */
  readonly base: Oid;
  readonly baseModifier: number;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly labels: readonly string[] | null;
  readonly attributes: readonly { readonly name: string; readonly type: Oid }[] | null;
}

export interface CatalogueModifiedType {
  readonly type: Oid;
  readonly modifier: number;
  readonly spelling: string;
}

export interface CatalogueKey {
  readonly relation: Oid;
  /** False: a unique constraint. */
  readonly primary: boolean;
  readonly positions: readonly Position[];
}

export interface CatalogueForeignKey {
  readonly constraint: string;
  readonly origin: Oid;
  readonly target: Oid;
  readonly originPositions: readonly Position[];
  readonly targetPositions: readonly Position[];
}

export interface CatalogueRoutine {
  readonly schema: string;
  readonly name: string;
  readonly argumentNames: readonly string[] | null;
  /** i in, o out, b both, v variadic, t table column; null when all are plain inputs. */
  readonly argumentModes: readonly string[] | null;
  readonly argumentTypes: readonly Oid[];
  /** How many inputs, from the last, have a default. */
  readonly defaults: number;
  readonly returns: Oid;
  readonly returnsSet: boolean;
  readonly estimatedRows: number;
  readonly volatility: 'i' | 's' | 'v';
  readonly settings: readonly string[] | null;
  readonly comment: string | null;
}

export interface CatalogueRoleSetting {
  readonly role: string;
  /** Holds in every database of the cluster. */
  readonly global: boolean;
  readonly name: string;
  readonly value: string;
}

export interface Catalogue {
  readonly schemas: readonly string[];
  /** Superusers, and roles with BYPASSRLS. */
  readonly bypassRoles: readonly string[];
  readonly relations: readonly CatalogueRelation[];
  readonly comments: readonly CatalogueComment[];
  readonly identitySequences: readonly CatalogueIdentitySequence[];
  readonly types: readonly CatalogueType[];
  readonly modifiedTypes: readonly CatalogueModifiedType[];
  readonly keys: readonly CatalogueKey[];
  readonly foreignKeys: readonly CatalogueForeignKey[];
  readonly routines: readonly CatalogueRoutine[];
  readonly roleSettings: readonly CatalogueRoleSetting[];
  /** A view's query as the server stores it (`pg_rewrite.ev_action`), by the view. */
  readonly viewRules: ReadonlyMap<Oid, string>;
}

/** Runs one statement under `CATALOGUE_SETTINGS` and returns its rows in PostgreSQL's text format. */
export type ReadCatalogue = (text: string) => Promise<readonly (readonly (string | null)[])[]>;

/**
 * What the catalogue queries must run under. The empty search path makes the server print types with their schemas;
 * a lock held by unfinished DDL is not waited for, the load is tried again; compiling the plan would take longer
 * than running it; right after a bulk of DDL the catalogues have no statistics, and nested loops turn quadratic.
 */
export const CATALOGUE_SETTINGS: LocalSettings = [
  ['search_path', ''],
  ['lock_timeout', '2s'],
  ['jit', 'off'],
  ['enable_nestloop', 'off'],
];

type Sections = Omit<Catalogue, 'viewRules'>;

const EMPTY: Sections = {
  schemas: [],
  bypassRoles: [],
  relations: [],
  comments: [],
  identitySequences: [],
  types: [],
  modifiedTypes: [],
  keys: [],
  foreignKeys: [],
  routines: [],
  roleSettings: [],
};
const VIEW_RULE = 'viewRule';

/** Turns the rows of `CATALOGUE_QUERY` into the catalogue; a section without rows is empty. */
export function parseCatalogue(rows: readonly (readonly (string | null)[])[]): Catalogue {
  const sections: [string, unknown][] = [];
  const viewRules = new Map<Oid, string>();
  for (const [section, subject, content] of rows) {
    if (section === null || section === undefined || content === null || content === undefined) continue;
    if (section === VIEW_RULE) viewRules.set(Number(subject), content);
    else sections.push([section, JSON.parse(content)]);
  }
  // The query names the sections and their members as above; the database tests hold the two together.
  return { ...EMPTY, ...(Object.fromEntries(sections) as Partial<Sections>), viewRules };
}
