import type { GridModel } from '../model/grid-model.ts';
import type { GridRow } from '../rows/grid-row.ts';
import { isTicked } from '../selection/row-selection.ts';
import { formatNumber } from '../types/number-text.ts';
import { CellSlot } from './cell-slot.ts';
import { element, setAttribute } from './elements.ts';

/** The row number for people who hear the grid: the header is row 1. */
const ARIA_ROW = 2;

/** One pooled row: its number and tick, the frozen cells in a box that stays, and as many others as fit into the view. */
export class RowSlot {
  readonly element: HTMLElement = element('div', 'g-row', { role: 'row' });
  index = -1;
  #top = -1;
  #version = -1;
  #columns = '';
  readonly #kept: HTMLElement = element('div', 'g-kept', { role: 'presentation' });
  readonly #gutter: HTMLElement = element('div', 'g-gutter', { role: 'rowheader', 'aria-colindex': '1' });
  readonly #number: HTMLElement = element('span', 'g-number');
  readonly #heading: HTMLElement = element('div', 'g-heading', { role: 'gridcell' });
  readonly #frozen: readonly CellSlot[];
  readonly #moving: readonly CellSlot[];

  constructor(frozen: number, moving: number) {
    this.#frozen = Array.from({ length: frozen }, () => new CellSlot());
    this.#moving = Array.from({ length: moving }, () => new CellSlot());
    this.#gutter.append(element('span', 'g-tick'), this.#number);
    this.#kept.append(this.#gutter, ...this.#frozen.map((cell) => cell.element));
    this.element.append(this.#kept, ...this.#moving.map((cell) => cell.element));
    this.element.style.display = 'none';
  }

  /** The cell that shows a column, if one does. */
  cell(column: number): HTMLElement | undefined {
    return [...this.#frozen, ...this.#moving].find((cell) => cell.column === column)?.element;
  }

  /** Takes the row out of sight while there are fewer rows than places. */
  hide(): void {
    if (this.index === -1) return;
    this.index = -1;
    this.#top = -1;
    this.element.style.display = 'none';
  }

  /** Puts the row at a place; cheap when nothing changed. */
  draw(model: GridModel, index: number, top: number, columns: { first: number; last: number }, activeId: string): void {
    if (top !== this.#top) {
      this.#top = top;
      this.element.style.cssText = `transform:translateY(${top}px)`;
    }
    const shown = `${columns.first} ${columns.last}`;
    if (index === this.index && model.version === this.#version && shown === this.#columns) return;
    const isOther = index !== this.index || model.version !== this.#version;
    this.index = index;
    this.#version = model.version;
    this.#columns = shown;
    const row = model.rows.at(index);
    if (isOther) this.#drawRow(model, row, index);
    this.#drawHeading(model, row, activeId);
    if (row?.group !== undefined) {
      for (const cell of [...this.#frozen, ...this.#moving]) cell.hide();
      return;
    }
    if (isOther) this.#frozen.forEach((cell, column) => cell.draw(model, index, column, activeId));
    this.#drawMoving(model, index, columns, isOther, activeId);
  }

  #drawMoving(
    model: GridModel,
    index: number,
    { first, last }: { first: number; last: number },
    isOther: boolean,
    activeId: string,
  ): void {
    const count = this.#moving.length;
    const used = new Set<CellSlot>();
    for (let column = first; column <= last; column += 1) {
      const cell = this.#moving[column % count];
      if (cell === undefined) continue;
      used.add(cell);
      if (isOther || cell.column !== column) cell.draw(model, index, column, activeId);
    }
    for (const cell of this.#moving) if (!used.has(cell)) cell.hide();
  }

  #drawRow(model: GridModel, row: GridRow | undefined, index: number): void {
    const ticked = row !== undefined && row.group === undefined && isTicked(model.ticked, row.key);
    const isDraft = model.rows.isDraft(index);
    const tone = row === undefined ? undefined : model.options.toneOf?.(row, undefined);
    const isRemoving = row !== undefined && model.rows.isRemoving(row.key);
    this.element.className = `g-row${ticked ? ' g-ticked' : ''}${isDraft ? ' g-draft' : ''}${tone ? ` g-tone-${tone}` : ''}${
      isRemoving ? ' g-removing' : ''
    }`;
    this.element.setAttribute('aria-rowindex', String(index + ARIA_ROW));
    setAttribute(this.element, 'aria-selected', ticked ? 'true' : undefined);
    setAttribute(this.element, 'aria-busy', row === undefined ? 'true' : undefined);
    this.#number.textContent = isDraft ? '+' : formatNumber(String(index + 1), model.options.locale);
    setAttribute(this.#gutter, 'aria-label', isDraft ? model.options.messages.newRow : undefined);
  }

  #drawHeading(model: GridModel, row: GridRow | undefined, activeId: string): void {
    const { group, depth = 0 } = row ?? {};
    this.element.classList.toggle('g-group', group !== undefined);
    if (group === undefined) {
      this.#heading.remove();
      return;
    }
    const count =
      group.count === undefined ? '' : ` · ${model.options.messages.rows(group.count, model.options.locale)}`;
    this.#heading.textContent = `${group.label}${count}`;
    const isActive = model.selection.active.row === this.index;
    this.#heading.className = `g-heading${group.isOpen ? ' g-open' : ''}${isActive ? ' g-active' : ''}`;
    // A row of a grid has no such state, its cell does.
    this.#heading.setAttribute('aria-expanded', String(group.isOpen));
    setAttribute(this.#heading, 'id', isActive ? activeId : undefined);
    this.#heading.style.setProperty('--depth', String(depth));
    if (!this.#heading.isConnected) this.#kept.append(this.#heading);
  }
}
