import { type Batch, inverseOf, isEmptyBatch } from '../changes/batch.ts';
import { UndoStack } from '../changes/undo-stack.ts';
import { type ColumnState, visibleFields, widthOf } from '../columns/column-state.ts';
import type { Field } from '../columns/field.ts';
import { type ColumnLayout, gutterOf, layColumns } from '../geometry/column-layout.ts';
import type { GridRow, RowPatch } from '../rows/grid-row.ts';
import type { RowNotice } from '../rows/row-source.ts';
import { NO_ROWS, type RowSelection } from '../selection/row-selection.ts';
import { type Bounds, type CellPlace, clampSelection, selectCell, type Selection } from '../selection/selection.ts';
import type { CellValue } from '../types/field-type.ts';
import { CellMarks } from './cell-marks.ts';
import type { GridOptions } from './grid-options.ts';
import { RowList } from './row-list.ts';
import { Saver } from './saver.ts';

/** How long a change by somebody else stays lit. */
const CHANGED_MS = 2000;

/**
 * What a grid shows and knows, without any of its drawing: rows, marks, selection, columns, and what was done. Every
 * change of it calls `onChange`; the view draws on the next frame.
 */
export class GridModel {
  readonly marks: CellMarks = new CellMarks();
  readonly undoStack: UndoStack = new UndoStack();
  readonly saver: Saver;
  rows: RowList;
  options: GridOptions;
  selection: Selection = selectCell({ row: 0, column: 0 });
  ticked: RowSelection = NO_ROWS;
  fields: readonly Field[] = [];
  layout: ColumnLayout = layColumns([], 0, gutterOf(0));
  /** Grows with every change, so that the view knows what it has drawn. */
  version = 0;
  onChange: () => void = () => {};
  readonly #listeners = new Set<() => void>();
  #unsubscribe: () => void = () => {};

  constructor(options: GridOptions) {
    this.options = options;
    this.rows = this.#openRows();
    this.saver = new Saver({
      rows: () => this.rows,
      marks: this.marks,
      save: () => this.options.onPatch,
      onChange: () => this.changed(),
    });
    this.#layColumns();
  }

  /** Takes the options of a new rendering. */
  update(options: GridOptions): void {
    const before = this.options;
    this.options = options;
    if (before.rows !== options.rows) {
      this.#unsubscribe();
      this.rows.cache.close();
      this.rows = this.#openRows();
      this.ticked = NO_ROWS;
    }
    if (before.columns !== options.columns || before.columnState !== options.columnState) this.#layColumns();
    this.changed();
  }

  close(): void {
    this.#unsubscribe();
    this.rows.cache.close();
  }

  changed(): void {
    this.version += 1;
    if (gutterOf(this.rows.count) !== this.layout.gutter) this.#layColumns();
    this.onChange();
    for (const hear of this.#listeners) hear();
  }

  /** Tells what is drawn beside the grid of every change. @returns A function that ends it. */
  listen(hear: () => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  get bounds(): Bounds {
    return { rows: this.rows.count, columns: this.fields.length };
  }

  get canEdit(): boolean {
    return this.options.isReadonly !== true && this.options.onPatch !== undefined;
  }

  isEditable(place: CellPlace): boolean {
    const field = this.fields[place.column];
    const row = this.rows.at(place.row);
    if (!this.canEdit || field === undefined || row === undefined || row.group !== undefined) return false;
    return field.isReadonly !== true && !this.rows.isRemoving(row.key);
  }

  /** The value a person takes the cell to have: what is being saved already counts. */
  valueOf(row: GridRow, field: Field): CellValue {
    const mark = this.marks.get(row.key, field.id);
    if (mark?.kind === 'saving') return mark.value;
    return mark?.kind === 'conflict' ? mark.mine : (this.rows.fresh(row).values[field.id] ?? null);
  }

  select(selection: Selection): void {
    const before = this.selection.active;
    this.selection = clampSelection(selection, this.bounds);
    const { active } = this.selection;
    if (active.row !== before.row && this.rows.isDraft(before.row)) this.onLeaveDraft();
    this.changed();
    if (active.row !== before.row || active.column !== before.column) {
      this.options.onActive?.(active, this.rows.at(active.row), this.fields[active.column]);
    }
  }

  /** Called when the active cell leaves the empty row at the end; set by the edits. */
  onLeaveDraft: () => void = () => {};

  tick(ticked: RowSelection): void {
    this.ticked = ticked;
    this.changed();
    this.options.onTicked?.(ticked);
  }

  arrange(state: ColumnState): void {
    this.options = { ...this.options, columnState: state };
    this.#layColumns();
    this.changed();
    this.options.onColumns?.(state);
  }

  /** Shows a batch, sends it, and remembers how to take it back. */
  apply(batch: Batch): void {
    if (isEmptyBatch(batch)) return;
    if (batch.cause !== 'undo' && batch.cause !== 'redo') this.undoStack.push(batch);
    this.saver.send(batch);
  }

  undo(): void {
    const batch = this.undoStack.undo();
    if (batch !== undefined) this.apply(inverseOf(batch, 'undo'));
  }

  redo(): void {
    const batch = this.undoStack.redo();
    if (batch !== undefined) this.apply(inverseOf(inverseOf(batch), 'redo'));
  }

  #layColumns(): void {
    const { columnState, columns } = this.options;
    this.fields = visibleFields(columnState, columns);
    const widths = this.fields.map((field) => widthOf(columnState, field));
    this.layout = layColumns(widths, columnState.frozen, gutterOf(this.rows.count));
    this.selection = clampSelection(this.selection, this.bounds);
  }

  #openRows(): RowList {
    this.#unsubscribe = this.options.rows.subscribe((notice) => this.#hear(notice));
    return new RowList(
      this.options.rows,
      () => this.canEdit && this.options.canAddRows === true,
      () => this.changed(),
      (error) => this.options.onNotice?.(error instanceof Error ? error.message : String(error), error),
    );
  }

  #hear(notice: RowNotice): void {
    if (notice.type === 'patched') this.#takeChanges(notice.rows);
    else {
      this.rows.reset((key) => this.saver.isUnsaved(key));
      this.selection = clampSelection(this.selection, this.bounds);
    }
    this.changed();
  }

  #takeChanges(patches: readonly RowPatch[]): void {
    const lit: (readonly [string, string])[] = [];
    for (const { key, values } of patches) {
      const index = this.rows.cache.indexOf(key);
      const row = index === undefined ? undefined : this.rows.cache.row(index);
      for (const [field, value] of Object.entries(values)) {
        const mark = this.marks.get(key, field);
        if (mark?.kind === 'conflict') this.marks.set(key, field, { ...mark, theirs: value });
        // Our own change coming back, or a cell somebody works on, is no news to light up.
        if ((mark !== undefined && mark.kind !== 'changed') || row === undefined || row.values[field] === value)
          continue;
        this.marks.set(key, field, { kind: 'changed' });
        lit.push([key, field]);
      }
    }
    this.rows.cache.patch(patches);
    if (lit.length === 0) return;
    setTimeout(() => {
      for (const [key, field] of lit) {
        if (this.marks.get(key, field)?.kind === 'changed') this.marks.delete(key, field);
      }
      this.changed();
    }, CHANGED_MS);
  }
}
