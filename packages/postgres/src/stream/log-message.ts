import type { Lsn } from './lsn.ts';

/** A table as the log describes it, anew whenever its definition changed. */
export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** What an old row holds: the primary key, an index's columns, the whole row, or nothing. */
  readonly identity: 'default' | 'index' | 'full' | 'nothing';
  readonly columns: readonly RelationColumn[];
}

export interface RelationColumn {
  readonly name: string;
  /** OID of the type in `pg_type`. */
  readonly typeOid: number;
  readonly typeModifier: number;
  /** Part of what identifies an old row. */
  readonly isKey: boolean;
}

/**
 * Values in the order of the relation's columns, in PostgreSQL's text form; null is SQL's null, and undefined a large
 * value that an update did not touch and the log therefore leaves out.
 */
export type Row = readonly (string | null | undefined)[];

/** One message of the log as `pgoutput` writes it. */
export type LogMessage =
  | { readonly kind: 'begin'; readonly commitLsn: Lsn; readonly commitAt: Date; readonly xid: number }
  | { readonly kind: 'commit'; readonly commitLsn: Lsn; readonly endLsn: Lsn; readonly commitAt: Date }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'insert'; readonly relationOid: number; readonly row: Row }
  | { readonly kind: 'update'; readonly relationOid: number; readonly old: OldRow | null; readonly row: Row }
  | { readonly kind: 'delete'; readonly relationOid: number; readonly old: OldRow }
  | {
      readonly kind: 'truncate';
      readonly relationOids: readonly number[];
      readonly cascade: boolean;
      readonly restartIdentity: boolean;
    }
  | {
      readonly kind: 'message';
      /** False: it was sent whether or not its transaction committed. */
      readonly transactional: boolean;
      readonly lsn: Lsn;
      readonly prefix: string;
      readonly content: Buffer;
    }
  /** Origins and type names, which nobody here needs. */
  | { readonly kind: 'other' };

/** What the log says of a row before its change: all of it with REPLICA IDENTITY FULL, otherwise the key's columns. */
export interface OldRow {
  readonly whole: boolean;
  readonly row: Row;
}
