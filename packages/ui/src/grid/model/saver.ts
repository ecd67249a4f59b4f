import { type Batch, inverseOf, isEmptyBatch, renameRows } from '../changes/batch.ts';
import type { RowKey, RowPatch } from '../rows/grid-row.ts';
import type { CellValue } from '../types/field-type.ts';
import type { CellMarks } from './cell-marks.ts';
import type { PatchResult, RefusedCell, SaveBatch } from './patch-result.ts';
import type { RowList } from './row-list.ts';

interface Parts {
  readonly rows: () => RowList;
  readonly marks: CellMarks;
  readonly save: () => SaveBatch | undefined;
  readonly onChange: () => void;
}

/** Shows batches at once and sends them one after another, in the order they were made. */
export class Saver {
  readonly #parts: Parts;
  readonly #names = new Map<RowKey, RowKey>();
  readonly #unsaved = new Set<RowKey>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Batches that are not answered yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether a row made here has no place on the server. */
  isUnsaved(key: RowKey): boolean {
    return this.#unsaved.has(key);
  }

  send(made: Batch): void {
    if (isEmptyBatch(made)) return;
    const batch = renameRows(made, this.#names);
    this.#show(batch);
    this.#waiting += 1;
    this.#queue = this.#queue.then(() => this.#save(batch));
    this.#parts.onChange();
  }

  #show(batch: Batch): void {
    const { marks } = this.#parts;
    const rows = this.#parts.rows();
    for (const { row, field, before, after } of batch.changes) {
      marks.set(row, field, { kind: 'saving', value: after, before, batch: batch.id });
    }
    rows.add(batch.inserts);
    for (const row of batch.inserts) this.#unsaved.add(row.key);
    rows.remove(batch.removes.map((row) => row.key));
  }

  async #save(shown: Batch): Promise<void> {
    // A row of it may have got its name while the batch waited.
    const batch = renameRows(shown, this.#names);
    let result: PatchResult;
    try {
      result = (await this.#parts.save()?.(batch, inverseOf(batch))) ?? {};
    } catch (error) {
      result = { refused: everything(batch, error instanceof Error ? error.message : String(error)) };
    }
    this.#waiting -= 1;
    this.#settleRows(batch, result);
    this.#settleCells(batch, result);
    this.#parts.onChange();
  }

  #settleRows(batch: Batch, result: PatchResult): void {
    const { marks } = this.#parts;
    const rows = this.#parts.rows();
    const refused = new Map(result.refused?.map((cell) => [cell.row, cell]));
    for (const { key, values } of batch.inserts) {
      const fault = refused.get(key);
      if (fault !== undefined) {
        const fields = fault.field === undefined ? Object.keys(values) : [fault.field];
        for (const field of fields) {
          marks.set(key, field, { kind: 'invalid', text: values[field] ?? '', reason: fault.reason });
        }
        continue;
      }
      const stored = result.rows?.get(key);
      this.#unsaved.delete(key);
      if (stored === undefined) continue;
      rows.settleAdded(key, stored);
      if (stored.key === key) continue;
      this.#names.set(key, stored.key);
      marks.rename(key, stored.key);
    }
    rows.restore(batch.removes.map((row) => row.key).filter((key) => refused.has(key)));
  }

  #settleCells(batch: Batch, result: PatchResult): void {
    const { marks } = this.#parts;
    const refused = new Map(result.refused?.map((cell) => [`${cell.row}\n${cell.field ?? ''}`, cell]));
    const saved = new Map<RowKey, Record<string, CellValue>>();
    for (const change of batch.changes) {
      const fault = refused.get(`${change.row}\n${change.field}`) ?? refused.get(`${change.row}\n`);
      const mark = marks.get(change.row, change.field);
      // A later change of the same cell is on its way; this answer is not the last word.
      const isOurs = mark?.kind === 'saving' && mark.batch === batch.id;
      if (fault === undefined) {
        const values = saved.get(change.row) ?? {};
        values[change.field] = change.after;
        saved.set(change.row, values);
        if (isOurs) marks.delete(change.row, change.field);
      } else if (isOurs) {
        marks.set(change.row, change.field, refusedMark(fault, change.after));
      }
    }
    const patches: RowPatch[] = Array.from(saved, ([key, values]) => {
      const stored = result.rows?.get(key);
      return { key, values: { ...values, ...stored?.values }, ...(stored?.labels && { labels: stored.labels }) };
    });
    const rows = this.#parts.rows();
    rows.cache.patch(patches);
    for (const { key, values } of patches) rows.changeAdded(key, values);
  }
}

function refusedMark(fault: RefusedCell, mine: CellValue): Parameters<CellMarks['set']>[2] {
  if (fault.theirs !== undefined) return { kind: 'conflict', mine, theirs: fault.theirs };
  return { kind: 'invalid', text: mine ?? '', reason: fault.reason };
}

function everything(batch: Batch, reason: string): readonly RefusedCell[] {
  return [
    ...batch.changes.map(({ row, field }) => ({ row, field, reason })),
    ...[...batch.inserts, ...batch.removes].map(({ key }) => ({ row: key, reason })),
  ];
}
