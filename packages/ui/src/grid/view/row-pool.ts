import type { ColumnLayout } from '../geometry/column-layout.ts';
import { type RowWindow, rowsInSight, spacerHeight } from '../geometry/row-window.ts';
import type { GridModel } from '../model/grid-model.ts';
import { HEADER_ROW, mainRange } from '../selection/selection.ts';
import { element } from './elements.ts';
import { RowSlot } from './row-slot.ts';

/** Rows drawn above and below the view, for the scroll that comes before the next frame. */
const MORE_ROWS = 3;
/** Pixels a row may stand from the base before the base moves; fractions get lost in greater ones. */
const MAX_FROM_BASE = 1_000_000;

/** The rows on the page: as many as fit into the view, each drawing whichever row has come to its place. */
export class RowPool {
  readonly element: HTMLElement = element('div', 'g-rows', { role: 'presentation' });
  readonly #handle: HTMLElement = element('div', 'g-handle');
  #slots: readonly RowSlot[] = [];
  #shape = '';
  #base = 0;
  #height = -1;

  sizeBody(body: HTMLElement, table: { readonly rows: number; readonly rowHeight: number }): void {
    const height = spacerHeight(table);
    if (height === this.#height) return;
    this.#height = height;
    body.style.blockSize = `${height}px`;
  }

  /** Draws what is in sight. */
  draw(
    model: GridModel,
    window: RowWindow,
    scrollTop: number,
    columns: { first: number; last: number },
    width: number,
    activeId: string,
  ): { first: number; last: number } {
    const { rowHeight } = window;
    const sight = rowsInSight(window, MORE_ROWS);
    const rows = Math.ceil(window.viewport / rowHeight) + 1 + 2 * MORE_ROWS;
    this.#shapePool(rows, model.layout, width);
    if (Math.abs(window.top - this.#base) > MAX_FROM_BASE) this.#base = Math.floor(window.top / rowHeight) * rowHeight;
    this.element.style.transform = `translateY(${scrollTop - (window.top - this.#base)}px)`;
    const used = new Set<RowSlot>();
    for (let index = sight.first; index <= sight.last; index += 1) {
      const slot = this.#slotOf(index);
      if (slot === undefined) continue;
      used.add(slot);
      slot.draw(model, index, index * rowHeight - this.#base, columns, activeId);
    }
    for (const slot of this.#slots) if (!used.has(slot)) slot.hide();
    this.#placeHandle(model);
    return sight;
  }

  has(index: number): boolean {
    return index >= 0 && this.#slotOf(index)?.index === index;
  }

  cell(index: number, column: number): HTMLElement | undefined {
    return this.has(index) ? this.#slotOf(index)?.cell(column) : undefined;
  }

  cellsOf(column: number): readonly HTMLElement[] {
    return this.#slots.flatMap((slot) => (slot.index === -1 ? [] : (slot.cell(column) ?? [])));
  }

  #slotOf(index: number): RowSlot | undefined {
    return this.#slots[index % this.#slots.length];
  }

  #shapePool(rows: number, layout: ColumnLayout, width: number): void {
    const cells = mostColumns(layout, width - layout.frozenEnd);
    const shape = `${rows} ${layout.frozen} ${cells}`;
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#slots = Array.from({ length: rows }, () => new RowSlot(layout.frozen, cells));
    this.element.replaceChildren(...this.#slots.map((slot) => slot.element));
  }

  #placeHandle(model: GridModel): void {
    const range = mainRange(model.selection);
    const isOn = model.canEdit && model.selection.active.row !== HEADER_ROW && model.selection.others.length === 0;
    const corner = isOn ? this.cell(range.bottom, range.end) : undefined;
    if (corner === undefined) this.#handle.remove();
    else if (this.#handle.parentElement !== corner) corner.append(this.#handle);
  }
}

/** The most columns a strip of this width can show, wherever it is scrolled to. */
function mostColumns({ widths, frozen }: ColumnLayout, width: number): number {
  let most = 1;
  let last = frozen;
  let sum = 0;
  for (let first = frozen; first < widths.length; first += 1) {
    while (last < widths.length && sum < width) {
      sum += widths[last] ?? 0;
      last += 1;
    }
    // One more, since the strip may begin within a column.
    most = Math.max(most, last - first + 1);
    sum -= widths[first] ?? 0;
  }
  return Math.min(most, Math.max(1, widths.length - frozen));
}
