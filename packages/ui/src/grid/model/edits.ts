import {
  type BatchCause,
  type CellChange,
  freshName,
  makeBatch,
  MAX_CHANGES,
  type WholeRow,
} from '../changes/batch.ts';
import type { Fill } from '../changes/fill-range.ts';
import { fillSeries } from '../changes/fill-series.ts';
import { pastedAt, type PastedTable, pasteRange } from '../changes/paste-plan.ts';
import { type Field, readCleared, readNull, readPasted, readTyped } from '../columns/field.ts';
import type { GridRow, RowKey } from '../rows/grid-row.ts';
import { type CellPlace, type CellRange, mainRange } from '../selection/selection.ts';
import type { CellValue, Parsed } from '../types/field-type.ts';
import type { GridModel } from './grid-model.ts';

const sizeOf = ({ top, bottom, start, end }: CellRange): number => (bottom - top + 1) * (end - start + 1);

/** Collects what one act writes, cell by cell, and sends it as one batch. */
class Writer {
  readonly changes: CellChange[] = [];
  readonly #model: GridModel;

  constructor(model: GridModel) {
    this.#model = model;
  }

  write(row: GridRow, field: Field, parsed: Parsed, text: string): void {
    const model = this.#model;
    if (field.isReadonly === true || row.group !== undefined || model.rows.isRemoving(row.key)) return;
    if (!parsed.ok) {
      model.marks.set(row.key, field.id, {
        kind: 'invalid',
        text,
        reason: model.options.messages.refusals[parsed.reason],
      });
      return;
    }
    const mark = model.marks.get(row.key, field.id);
    if (mark?.kind === 'invalid') model.marks.delete(row.key, field.id);
    const before = model.valueOf(row, field);
    if (row.key === model.rows.draft().key) model.rows.typeDraft(field.id, parsed.value);
    else if (parsed.value !== before) this.changes.push({ row: row.key, field: field.id, before, after: parsed.value });
  }

  send(cause: BatchCause, inserts: readonly WholeRow[] = []): void {
    this.#model.apply(makeBatch(cause, { changes: this.changes, inserts }));
    this.#model.changed();
  }
}

/** What people do to cells and rows. Each act is one batch. */
export class Edits {
  readonly #model: GridModel;
  #reading: AbortController | undefined;

  constructor(model: GridModel) {
    this.#model = model;
    model.onLeaveDraft = () => this.saveDraft();
  }

  /** Sets one cell to what was typed. `seen` is the value its editor began with. */
  type(place: CellPlace, text: string, seen: CellValue): void {
    const field = this.#model.fields[place.column];
    if (field !== undefined) this.#set(place, readTyped(field, text, this.#model.options.locale), text, seen);
  }

  /** Sets one cell to NULL. */
  setNull(place: CellPlace, seen?: CellValue): void {
    const field = this.#model.fields[place.column];
    if (field !== undefined) this.#set(place, readNull(field), '', seen);
  }

  #set(place: CellPlace, parsed: Parsed, text: string, seen: CellValue | undefined): void {
    const model = this.#model;
    const row = model.rows.at(place.row);
    const field = model.fields[place.column];
    if (row === undefined || field === undefined || !model.isEditable(place)) return;
    const now = model.valueOf(row, field);
    if (parsed.ok && seen !== undefined && now !== seen && now !== parsed.value) {
      // Somebody else was faster while the editor was open: nobody's value is overwritten unseen.
      model.marks.set(row.key, field.id, { kind: 'conflict', mine: parsed.value, theirs: now });
      model.changed();
      return;
    }
    const writer = new Writer(model);
    writer.write(row, field, parsed, text);
    writer.send('edit');
  }

  /** Settles a conflict: writes one's own value over the other's, or takes the other's. */
  resolve(row: RowKey, field: string, choice: 'mine' | 'theirs'): void {
    const model = this.#model;
    const mark = model.marks.get(row, field);
    if (mark?.kind !== 'conflict') return;
    model.marks.delete(row, field);
    model.rows.cache.patch([{ key: row, values: { [field]: mark.theirs } }]);
    if (choice === 'mine') {
      model.apply(makeBatch('edit', { changes: [{ row, field, before: mark.theirs, after: mark.mine }] }));
    }
    model.changed();
  }

  /** Empties every cell of the ranges. */
  async clear(ranges: readonly CellRange[], cause: 'clear' | 'cut' = 'clear'): Promise<void> {
    if (!this.#canWrite(ranges.reduce((sum, range) => sum + sizeOf(range), 0))) return;
    const writer = new Writer(this.#model);
    for (const range of ranges) {
      // oxlint-disable-next-line no-await-in-loop -- ranges are few, and one after another keeps the requests few
      const rows = await this.rowsOf(range);
      for (const row of rows) {
        for (const field of this.#fieldsOf(range)) writer.write(row, field, readCleared(field), '');
      }
    }
    writer.send(cause);
  }

  /** Writes a table beginning at the selection; rows beyond the last become new records. */
  async paste(table: PastedTable): Promise<CellRange | undefined> {
    const model = this.#model;
    if (table.length === 0) {
      model.options.onNotice?.(model.options.messages.notPasted);
      return undefined;
    }
    const range = pasteRange(table, mainRange(model.selection), model.bounds.columns);
    if (range.top < 0 || !this.#canWrite(sizeOf(range))) return undefined;
    const { stored } = model.rows;
    const rows = range.top < stored ? await this.rowsOf({ ...range, bottom: Math.min(range.bottom, stored - 1) }) : [];
    const fields = this.#fieldsOf(range);
    const writer = new Writer(model);
    const each = (line: number, write: (field: Field, parsed: Parsed, text: string) => void): void => {
      fields.forEach((field, column) => {
        const text = pastedAt(table, line, column);
        if (text !== undefined) write(field, readPasted(field, text, model.options.locale), text ?? '');
      });
    };
    rows.forEach((row, line) => each(line, (field, parsed, text) => writer.write(row, field, parsed, text)));
    const height = range.bottom - range.top + 1;
    const inserts = model.options.canAddRows === true ? this.#newRows(rows.length, height, each) : [];
    writer.send('paste', inserts);
    return { ...range, bottom: range.top + rows.length + inserts.length - 1 };
  }

  #newRows(
    first: number,
    height: number,
    each: (line: number, write: (field: Field, parsed: Parsed, text: string) => void) => void,
  ): readonly WholeRow[] {
    const { marks, options } = this.#model;
    return Array.from({ length: Math.max(0, height - first) }, (_, at) => {
      const key = freshName('row');
      const values: Record<string, CellValue> = {};
      each(first + at, (field, parsed, text) => {
        if (field.isReadonly === true) return;
        if (parsed.ok) values[field.id] = parsed.value;
        else marks.set(key, field.id, { kind: 'invalid', text, reason: options.messages.refusals[parsed.reason] });
      });
      return { key, values };
    });
  }

  /** Continues a range into the cells beside it. */
  async continueSeries({ from, into, axis, isBack }: Fill): Promise<void> {
    if (!this.#canWrite(sizeOf(into))) return;
    const model = this.#model;
    const [sources, targets] = await Promise.all([this.rowsOf(from), this.rowsOf(into)]);
    const writer = new Writer(model);
    const ordered = <Item>(items: readonly Item[]): readonly Item[] => (isBack ? items.toReversed() : items);
    if (axis === 'rows') {
      for (const field of this.#fieldsOf(from)) {
        const values = ordered(sources).map((row) => model.valueOf(row, field));
        const filled = fillSeries(values, targets.length, field.type);
        ordered(targets).forEach((row, at) => this.#fillCell(writer, row, field, filled[at] ?? null));
      }
    } else {
      targets.forEach((row) => {
        const given = ordered(this.#fieldsOf(from));
        const type = given[0]?.type;
        const fields = ordered(this.#fieldsOf(into));
        if (type === undefined) return;
        const filled = fillSeries(
          given.map((field) => model.valueOf(row, field)),
          fields.length,
          type,
        );
        fields.forEach((field, at) => this.#fillCell(writer, row, field, filled[at] ?? null));
      });
    }
    writer.send('fill');
  }

  #fillCell(writer: Writer, row: GridRow, field: Field, value: CellValue): void {
    const parsed = value === null ? readNull(field) : field.type.parse(value, 'en');
    writer.write(row, field, parsed, value ?? '');
  }

  /** Adds empty rows, or copies of some. */
  addRows(cause: 'insert' | 'duplicate', rows: readonly Readonly<Record<string, CellValue>>[]): void {
    if (!this.#model.canEdit) return;
    this.#model.apply(makeBatch(cause, { inserts: rows.map((values) => ({ key: freshName('row'), values })) }));
  }

  /** Copies rows with all they hold that may be written. */
  async duplicate(range: CellRange): Promise<void> {
    if (!this.#canWrite((range.bottom - range.top + 1) * this.#model.options.columns.length)) return;
    const rows = await this.rowsOf(range);
    const fields = this.#model.options.columns.filter((field) => field.isReadonly !== true);
    const copies = rows
      .filter((row) => row.group === undefined)
      .map((row) => Object.fromEntries(fields.map((field) => [field.id, this.#model.valueOf(row, field)])));
    this.addRows('duplicate', copies);
  }

  async removeRows(range: CellRange): Promise<void> {
    if (!this.#canWrite((range.bottom - range.top + 1) * this.#model.options.columns.length)) return;
    const rows = await this.rowsOf({ ...range, bottom: Math.min(range.bottom, this.#model.rows.stored - 1) });
    const removes = rows.filter((row) => row.group === undefined).map(({ key, values }) => ({ key, values }));
    this.#model.apply(makeBatch('delete', { removes }));
  }

  /** Saves what was typed into the empty row at the end. */
  saveDraft(): void {
    const row = this.#model.rows.takeDraft();
    if (row !== undefined) this.#model.apply(makeBatch('insert', { inserts: [row] }));
  }

  /** The rows of a range, read if they are not here. */
  async rowsOf({ top, bottom }: CellRange): Promise<readonly GridRow[]> {
    const { rows } = this.#model;
    const here: GridRow[] = [];
    for (let index = top; index <= bottom; index += 1) {
      const row = rows.at(index);
      if (row === undefined) break;
      here.push(row);
    }
    if (here.length === bottom - top + 1) return here;
    this.#reading?.abort();
    this.#reading = new AbortController();
    const last = Math.min(bottom, rows.source.count - 1);
    const read = await rows.cache.ensure(top, last, this.#reading.signal);
    const made = Array.from({ length: Math.max(0, bottom - last) }, (_, at) => rows.at(last + 1 + at));
    return [...read, ...made.filter((row) => row !== undefined)];
  }

  /** Gives up reading rows for an act that has not happened yet. */
  cancel(): void {
    this.#reading?.abort();
  }

  #fieldsOf({ start, end }: CellRange): readonly Field[] {
    return this.#model.fields.slice(start, end + 1);
  }

  #canWrite(cells: number): boolean {
    const { options, canEdit } = this.#model;
    if (cells > MAX_CHANGES) options.onNotice?.(options.messages.tooMuch);
    return canEdit && cells <= MAX_CHANGES;
  }
}
