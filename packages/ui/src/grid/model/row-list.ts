import { freshName, type WholeRow } from '../changes/batch.ts';
import type { GridRow, RowKey } from '../rows/grid-row.ts';
import { PageCache } from '../rows/page-cache.ts';
import type { RowSource } from '../rows/row-source.ts';
import type { CellValue } from '../types/field-type.ts';

/**
 * The rows from top to bottom: those of the source, those made here that the source does not count yet, and at the end the
 * empty one in which a new record is typed.
 */
export class RowList {
  readonly source: RowSource;
  readonly cache: PageCache;
  readonly #added: GridRow[] = [];
  readonly #removing = new Set<RowKey>();
  #draft: GridRow | undefined;
  readonly #hasDraft: () => boolean;

  constructor(source: RowSource, hasDraft: () => boolean, onChange: () => void, onError: (error: unknown) => void) {
    this.source = source;
    this.cache = new PageCache(source, onChange, onError);
    this.#hasDraft = hasDraft;
  }

  get count(): number {
    return this.stored + (this.#hasDraft() ? 1 : 0);
  }

  /** Without the empty row at the end. */
  get stored(): number {
    return this.source.count + this.#added.length;
  }

  /** The row at a place; undefined while its page is on its way. */
  at(index: number): GridRow | undefined {
    if (index < this.source.count) return this.cache.row(index);
    return this.#added[index - this.source.count] ?? (this.#hasDraft() ? this.draft() : undefined);
  }

  /** The row as it is now: one read for an act may have been saved or changed while the act waited for others. */
  fresh(row: GridRow): GridRow {
    const index = this.cache.indexOf(row.key);
    if (index !== undefined) return this.cache.row(index) ?? row;
    return this.#added.find((added) => added.key === row.key) ?? (this.#draft?.key === row.key ? this.#draft : row);
  }

  isDraft(index: number): boolean {
    return this.#hasDraft() && index === this.stored;
  }

  isAdded(key: RowKey): boolean {
    return this.#added.some((row) => row.key === key);
  }

  draft(): GridRow {
    this.#draft ??= { key: freshName('row'), values: {} };
    return this.#draft;
  }

  typeDraft(field: string, value: CellValue): void {
    const row = this.draft();
    this.#draft = { ...row, values: { ...row.values, [field]: value } };
  }

  /** Takes the draft away to be saved; undefined while nothing was typed. */
  takeDraft(): WholeRow | undefined {
    const row = this.#draft;
    if (row === undefined || Object.keys(row.values).length === 0) return undefined;
    this.#draft = undefined;
    return { key: row.key, values: row.values };
  }

  dropDraft(): void {
    this.#draft = undefined;
  }

  add(rows: readonly WholeRow[]): void {
    for (const { key, values } of rows) if (!this.isAdded(key)) this.#added.push({ key, values });
  }

  /** Puts the stored row in the place of the one that was made here. */
  settleAdded(key: RowKey, row: GridRow): void {
    const at = this.#added.findIndex((added) => added.key === key);
    if (at !== -1) this.#added[at] = row;
  }

  changeAdded(key: RowKey, values: Readonly<Record<string, CellValue>>): void {
    const at = this.#added.findIndex((added) => added.key === key);
    const row = this.#added[at];
    if (row !== undefined) this.#added[at] = { ...row, values: { ...row.values, ...values } };
  }

  /** Takes rows made here out again; others are marked until the source counts without them. */
  remove(keys: readonly RowKey[]): void {
    for (const key of keys) {
      const at = this.#added.findIndex((row) => row.key === key);
      if (at === -1) this.#removing.add(key);
      else this.#added.splice(at, 1);
    }
  }

  restore(keys: readonly RowKey[]): void {
    for (const key of keys) this.#removing.delete(key);
  }

  isRemoving(key: RowKey): boolean {
    return this.#removing.has(key);
  }

  /** The source counts anew: rows it stores are no longer held here. */
  reset(isStillUnsaved: (key: RowKey) => boolean): void {
    const kept = this.#added.filter((row) => isStillUnsaved(row.key));
    this.#added.splice(0, this.#added.length, ...kept);
    this.#removing.clear();
    this.cache.expire();
  }
}
