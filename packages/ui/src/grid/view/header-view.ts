import type { Field } from '../columns/field.ts';
import type { SortKey } from '../model/grid-options.ts';
import type { GridModel } from '../model/grid-model.ts';
import { tickState } from '../selection/row-selection.ts';
import { HEADER_ROW } from '../selection/selection.ts';
import { ARIA_COLUMN } from './cell-slot.ts';
import { columnStyle, element, setAttribute } from './elements.ts';

/** The row of column headers. It is made anew when columns change and only marked when the selection does. */
export class HeaderView {
  readonly element: HTMLElement = element('div', 'g-row g-header', { role: 'row', 'aria-rowindex': '1' });
  readonly #kept: HTMLElement = element('div', 'g-kept', { role: 'presentation' });
  readonly #all: HTMLElement = element('div', 'g-gutter g-all', { role: 'columnheader', 'aria-colindex': '1' });
  #cells: readonly HTMLElement[] = [];
  #made: readonly unknown[] = [];
  #version = -1;

  constructor() {
    this.#all.append(element('span', 'g-tick'));
    this.element.append(this.#kept);
  }

  draw(model: GridModel, activeId: string): void {
    const { fields, layout, options } = model;
    const shape = [fields, layout.frozen, options.sort, options.filtered, options.messages];
    if (shape.some((part, at) => part !== this.#made[at])) {
      this.#made = shape;
      this.#cells = fields.map((field, column) => headerCell(model, field, column));
      this.#kept.replaceChildren(this.#all, ...this.#cells.slice(0, layout.frozen));
      this.element.replaceChildren(this.#kept, ...this.#cells.slice(layout.frozen));
      this.#all.setAttribute('aria-label', options.messages.selectAll);
    }
    // Scrolling changes nothing up here.
    if (model.version === this.#version) return;
    this.#version = model.version;
    this.#all.dataset['ticked'] = tickState(model.ticked, model.rows.stored);
    this.#cells.forEach((cell, column) => this.#mark(model, cell, column, activeId));
  }

  #mark(model: GridModel, cell: HTMLElement, column: number, activeId: string): void {
    const { active, focus } = model.selection;
    const isActive = active.row === HEADER_ROW && active.column === column;
    const isChosen = column >= Math.min(active.column, focus.column) && column <= Math.max(active.column, focus.column);
    cell.classList.toggle('g-active', isActive);
    cell.classList.toggle('g-chosen', isChosen);
    setAttribute(cell, 'id', isActive ? activeId : undefined);
  }
}

function headerCell(model: GridModel, field: Field, column: number): HTMLElement {
  const { sort = [], filtered = [], messages } = model.options;
  const key = sort.find((each) => each.field === field.id);
  const cell = element('div', `g-cell g-head g-${field.type.align}-aligned`, {
    role: 'columnheader',
    'aria-colindex': String(column + ARIA_COLUMN),
    'aria-sort': sortWord(key),
  });
  cell.style.cssText = columnStyle(column);
  cell.dataset['column'] = String(column);
  const label = element('span', 'g-label', { dir: 'auto' });
  label.textContent = field.label;
  cell.append(label);
  if (field.hint !== undefined) {
    const hint = element('span', 'g-hint', { dir: 'ltr' });
    hint.textContent = field.hint;
    cell.append(hint);
  }
  if (filtered.includes(field.id)) cell.append(element('span', 'g-filtered', { title: messages.filtered }));
  if (field.type.isSortable) {
    const order = sort.length > 1 && key !== undefined ? String(sort.indexOf(key) + 1) : '';
    const mark = element('span', `g-sort${key === undefined ? '' : key.isDescending ? ' g-down' : ' g-up'}`, {
      title: messages.sort,
      'data-order': order,
    });
    cell.append(mark);
  }
  if (model.options.onMenu !== undefined) {
    cell.classList.add('g-has-menu');
    cell.append(element('span', 'g-menu', { title: messages.columnMenu }));
  }
  cell.append(element('span', 'g-edge'));
  return cell;
}

function sortWord(key: SortKey | undefined): string {
  if (key === undefined) return 'none';
  return key.isDescending ? 'descending' : 'ascending';
}
