import type { GridModel } from '../model/grid-model.ts';
import { faceOf } from './cell-face.ts';
import { columnStyle, element, setAttribute } from './elements.ts';

/** The column number of a cell for people who hear the grid: the row numbers are column 1. */
export const ARIA_COLUMN = 2;

/** One pooled cell. It remembers what it shows and touches the page only where that differs. */
export class CellSlot {
  readonly element: HTMLElement = element('div', 'g-cell', { role: 'gridcell' });
  readonly #text: Text = document.createTextNode('');
  #column = -1;
  #shown = '';
  #className = '';
  #hint = '';
  #isSelected = false;
  #isActive = false;

  constructor() {
    this.element.append(this.#text);
    this.element.style.cssText = 'display:none';
  }

  /** Draws the cell of a row and column. @returns The element if it is the active cell. */
  draw(model: GridModel, row: number, column: number, activeId: string): void {
    const { element: cell } = this;
    if (column !== this.#column) {
      this.#column = column;
      cell.style.cssText = columnStyle(column);
      cell.setAttribute('aria-colindex', String(column + ARIA_COLUMN));
    }
    const face = faceOf(model, row, column);
    if (face.text !== this.#shown) {
      this.#shown = face.text;
      this.#text.data = face.text;
    }
    if (face.className !== this.#className) {
      this.#className = face.className;
      cell.className = face.className;
    }
    if (face.hint !== this.#hint) {
      this.#hint = face.hint;
      setAttribute(cell, 'title', face.hint === '' ? undefined : face.hint);
      setAttribute(cell, 'aria-invalid', /g-(?:invalid|conflict)/.test(face.className) ? 'true' : undefined);
    }
    if (face.isSelected !== this.#isSelected) {
      this.#isSelected = face.isSelected;
      setAttribute(cell, 'aria-selected', face.isSelected ? 'true' : undefined);
    }
    if (face.isActive !== this.#isActive) {
      this.#isActive = face.isActive;
      setAttribute(cell, 'id', face.isActive ? activeId : undefined);
    }
  }

  get column(): number {
    return this.#column;
  }

  hide(): void {
    if (this.#column === -1) return;
    this.#column = -1;
    this.element.style.cssText = 'display:none';
    this.#isActive = false;
    this.element.removeAttribute('id');
  }
}
