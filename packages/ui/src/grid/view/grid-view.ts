import { columnAt, scrollToColumn, visibleColumns } from '../geometry/column-layout.ts';
import { followScroll, goTo, type RowWindow, scaleOf, scrollTopOf, showRow } from '../geometry/row-window.ts';
import { commandOf } from '../keyboard/command.ts';
import { runCommand } from '../keyboard/run-command.ts';
import { resizeColumn } from '../columns/column-state.ts';
import { Edits } from '../model/edits.ts';
import { GridModel } from '../model/grid-model.ts';
import type { GridOptions } from '../model/grid-options.ts';
import { type CellPlace, HEADER_ROW, selectCell } from '../selection/selection.ts';
import { bindClipboard } from './clipboard-events.ts';
import { EditorHost } from './editor-host.ts';
import { element, setAttribute } from './elements.ts';
import { bindPointer } from './pointer.ts';
import { HeaderView } from './header-view.ts';
import { RowPool } from './row-pool.ts';

const HEADER_HEIGHT = 32;
const ROW_HEIGHT = 32;
/** Lines of a wheel that counts in lines. */
const LINES_PER_NOTCH = 3;
/** A scroll that goes on would ask for pages nobody will see; it asks once it rests this long. */
const REST_MS = 50;

let grids = 0;

/** Draws a model into an element, and tells the model what people do to it. */
export class GridView {
  readonly root: HTMLElement;
  readonly model: GridModel;
  readonly edits: Edits;
  readonly #scroller: HTMLElement = element('div', 'g-scroller', { role: 'grid', 'aria-multiselectable': 'true' });
  readonly #body: HTMLElement = element('div', 'g-body', { role: 'rowgroup' });
  readonly #empty: HTMLElement = element('div', 'g-empty');
  readonly #header: HeaderView = new HeaderView();
  readonly #pool: RowPool = new RowPool();
  readonly #editor: EditorHost;
  readonly #activeId: string;
  readonly #stop: AbortController = new AbortController();
  readonly #unbind: (() => void)[] = [];
  #window: RowWindow = { rows: 0, rowHeight: ROW_HEIGHT, viewport: 0, top: 0 };
  #scroll = 0;
  #width = 0;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #wanted = -1;
  #drawnLayout: unknown;
  /** The true place has moved, and the browser has to be told where that is. */
  #hasMoved = false;

  constructor(root: HTMLElement, options: GridOptions) {
    grids += 1;
    this.#activeId = `g-active-${grids}`;
    this.root = root;
    this.model = new GridModel(options);
    this.edits = new Edits(this.model);
    this.#editor = new EditorHost(this.model, this.edits, {
      direction: () => this.direction,
      leave: (command) => {
        this.focus();
        if (command !== undefined) runCommand(command, this.model, this.edits, this);
      },
    });
    root.className = 'g-grid';
    // What scrolls has the focus, or a browser would stop at it a second time for who goes on by the keyboard.
    this.#scroller.tabIndex = 0;
    const head = element('div', 'g-head-group', { role: 'rowgroup' });
    head.append(this.#header.element);
    this.#body.append(this.#pool.element);
    this.#scroller.append(head, this.#body);
    root.replaceChildren(this.#scroller, this.#empty, this.#editor.element);
    this.model.onChange = () => this.#schedule();
    this.#listen();
    this.#measure();
    this.#draw();
  }

  get direction(): 'ltr' | 'rtl' {
    return getComputedStyle(this.root).direction === 'rtl' ? 'rtl' : 'ltr';
  }

  focus = (): void => this.#scroller.focus({ preventScroll: true });

  update(options: GridOptions): void {
    if (options.rows !== this.model.options.rows) this.#window = goTo(this.#window, 0);
    this.model.update(options);
    this.#measure();
  }

  close(): void {
    this.#editor.close();
    this.#stop.abort();
    for (const unbind of this.#unbind) unbind();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.model.close();
    this.root.replaceChildren();
  }

  /** Brings a cell into sight. */
  show = ({ row, column }: CellPlace): void => {
    this.#window = { ...this.#window, rows: this.model.bounds.rows };
    if (row >= 0) this.#window = showRow(this.#window, row);
    this.#hasMoved = true;
    this.#scrollAcross(scrollToColumn(this.model.layout, column, this.#scroll, this.#width));
    this.#schedule();
  };

  rowsPerPage = (): number => Math.max(1, Math.floor(this.#window.viewport / this.#window.rowHeight) - 1);

  openEditor = (text?: string): void => {
    const { active } = this.model.selection;
    this.show(active);
    this.#draw();
    this.#editor.open(active, text);
    this.#placeEditor();
    this.#editor.focus();
  };

  openMenu = (place: CellPlace = this.model.selection.active): void => {
    const { model } = this;
    if (place.row !== HEADER_ROW || model.selection.active.row === HEADER_ROW) {
      const { active } = model.selection;
      if (active.row !== place.row || active.column !== place.column) model.select(selectCell(place));
    }
    const field = model.fields[place.column];
    this.#draw();
    const target =
      place.row === HEADER_ROW
        ? this.root.querySelector(`.g-head[data-column="${place.column}"]`)
        : this.#pool.cell(place.row, place.column);
    model.options.onMenu?.({
      kind: place.row === HEADER_ROW ? 'header' : 'cell',
      place,
      field,
      row: model.rows.at(place.row),
      anchor: (target ?? this.root).getBoundingClientRect(),
    });
  };

  placeAt = (x: number, y: number): CellPlace => {
    const box = this.#scroller.getBoundingClientRect();
    const across = this.direction === 'rtl' ? box.right - x : x - box.left;
    const down = y - box.top - HEADER_HEIGHT + this.#window.top;
    const row = Math.max(0, Math.min(this.model.bounds.rows - 1, Math.floor(down / this.#window.rowHeight)));
    return { row, column: columnAt(this.model.layout, across, this.#scroll) };
  };

  /** Scrolls by pixels, `x` towards the next column. */
  scrollBy = (x: number, y: number): void => {
    this.#window = goTo(this.#window, this.#window.top + y);
    this.#hasMoved = true;
    if (x !== 0) this.#scrollAcross(this.#scroll + x);
    this.#schedule();
  };

  /** Makes a column as wide as what it shows. */
  fitColumn = (column: number): void => {
    const field = this.model.fields[column];
    if (field === undefined) return;
    const shown = this.#pool.cellsOf(column);
    const head = this.root.querySelector(`.g-head[data-column="${column}"] .g-label`);
    const range = document.createRange();
    const widths = [...shown, ...(head === null ? [] : [head])].map((cell) => {
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width + (cell === head ? 56 : 20);
    });
    this.model.arrange(resizeColumn(this.model.options.columnState, field.id, Math.max(0, ...widths)));
  };

  #listen(): void {
    const { signal } = this.#stop;
    this.#scroller.addEventListener('scroll', () => this.#follow(), { signal, passive: true });
    this.#scroller.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    this.root.addEventListener('keydown', (event) => this.#press(event), { signal });
    const observer = new ResizeObserver(() => {
      this.#measure();
      this.#schedule();
    });
    observer.observe(this.#scroller);
    this.#unbind.push(
      () => observer.disconnect(),
      bindClipboard(this.root, this.model, this.edits),
      bindPointer({ ...this.#pointerView(), root: this.root }, this.model, this.edits),
    );
  }

  #pointerView(): Omit<Parameters<typeof bindPointer>[0], 'root'> {
    const { focus, placeAt, scrollBy, openEditor, openMenu, fitColumn } = this;
    return { focus, placeAt, scrollBy, openEditor, openMenu, fitColumn, direction: () => this.direction };
  }

  #press(event: KeyboardEvent): void {
    if (event.isComposing || event.target !== this.#scroller) return;
    if (event.key === 'Process' && this.model.isEditable(this.model.selection.active)) {
      // An input method begins to compose: the editor has to be there to take its letters.
      this.openEditor('');
      return;
    }
    const command = commandOf(event, this.direction);
    if (command !== undefined && runCommand(command, this.model, this.edits, this)) event.preventDefault();
  }

  #measure(): void {
    const isLeftward = this.direction === 'rtl';
    this.root.classList.toggle('g-leftward', isLeftward);
    this.root.classList.toggle('g-rightward', !isLeftward);
    this.#width = this.#scroller.clientWidth;
    const viewport = Math.max(0, this.#scroller.clientHeight - HEADER_HEIGHT);
    const rowHeight = this.model.options.rowHeight ?? ROW_HEIGHT;
    this.#window = goTo({ ...this.#window, viewport, rowHeight, rows: this.model.bounds.rows }, this.#window.top);
  }

  #follow(): void {
    // While a move of our own waits for its frame, the browser still stands where it was.
    if (!this.#hasMoved) this.#window = followScroll(this.#window, this.#scroller.scrollTop);
    // Negative where the first column stands at the right.
    this.#scroll = Math.abs(this.#scroller.scrollLeft);
    this.#schedule();
  }

  #wheel(event: WheelEvent): void {
    if (scaleOf(this.#window) === 1 || event.deltaY === 0 || event.ctrlKey || event.shiftKey) return;
    // The browser's pixels are shorter than true ones: left to itself a notch would go too far.
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? this.#window.rowHeight * LINES_PER_NOTCH : 1;
    this.scrollBy(0, event.deltaY * lines);
    if (event.deltaX !== 0) this.#scroller.scrollLeft += event.deltaX;
  }

  #scrollAcross(to: number): void {
    if (to === this.#scroll) return;
    this.#scroller.scrollLeft = this.direction === 'rtl' ? -to : to;
    this.#scroll = Math.abs(this.#scroller.scrollLeft);
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #resizeBody(): void {
    const { rows, rowHeight } = this.#window;
    this.#pool.sizeBody(this.#body, { rows, rowHeight });
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { model } = this;
    const { options, bounds } = model;
    const rowHeight = options.rowHeight ?? ROW_HEIGHT;
    if (bounds.rows !== this.#window.rows || rowHeight !== this.#window.rowHeight) {
      this.#window = goTo({ ...this.#window, rows: bounds.rows, rowHeight }, this.#window.top);
    }
    this.#resizeBody();
    this.#drawLayout();
    const columns = visibleColumns(model.layout, this.#scroll, this.#width);
    const scrollTop = this.#hasMoved ? Math.round(scrollTopOf(this.#window)) : this.#scroller.scrollTop;
    const sight = this.#pool.draw(model, this.#window, scrollTop, columns, this.#width, this.#activeId);
    this.#header.draw(model, this.#activeId);
    this.#empty.hidden = bounds.rows > 0;
    this.#empty.textContent = options.messages.noRows;
    const hasActive = this.#pool.has(model.selection.active.row) || model.selection.active.row === HEADER_ROW;
    setAttribute(this.#scroller, 'aria-activedescendant', hasActive ? this.#activeId : undefined);
    setAttribute(this.#scroller, 'aria-label', options.label);
    setAttribute(this.#scroller, 'aria-rowcount', String(bounds.rows + 1));
    setAttribute(this.#scroller, 'aria-colcount', String(bounds.columns + 1));
    this.#placeEditor();
    // Last, since it makes the browser lay out what was changed: so it does so once a frame.
    if (this.#hasMoved) this.#scroller.scrollTop = scrollTop;
    this.#hasMoved = false;
    this.#want(sight.first, sight.last);
  }

  #drawLayout(): void {
    const { layout } = this.model;
    if (layout === this.#drawnLayout) return;
    this.#drawnLayout = layout;
    const { style } = this.root;
    layout.starts.forEach((start, column) => {
      style.setProperty(`--x${column}`, `${start}px`);
      style.setProperty(`--w${column}`, `${layout.widths[column] ?? 0}px`);
    });
    style.setProperty('--gutter', `${layout.gutter}px`);
    style.setProperty('--total', `${layout.total}px`);
    style.setProperty('--kept', `${layout.frozenEnd}px`);
    style.setProperty('--row', `${this.#window.rowHeight}px`);
  }

  #placeEditor(): void {
    const { layout, selection } = this.model;
    const { row, column } = this.#editor.place ?? selection.active;
    const start = layout.starts[column] ?? 0;
    this.#editor.draw({
      x: column < layout.frozen ? start : start - this.#scroll,
      y: HEADER_HEIGHT + row * this.#window.rowHeight - this.#window.top,
      width: layout.widths[column] ?? 0,
      height: this.#window.rowHeight,
      viewHeight: this.#window.viewport + HEADER_HEIGHT,
      viewWidth: this.#width,
    });
  }

  /** Reads what is in sight; at once beside what was read last, else when the scrolling rests. */
  #want(first: number, last: number): void {
    const { cache } = this.model.rows;
    const { pageSize } = this.model.rows.source;
    const page = Math.floor(first / pageSize);
    clearTimeout(this.#rest);
    const read = (): void => {
      this.#wanted = page;
      cache.want(first, last);
    };
    if (this.#wanted === -1 || Math.abs(page - this.#wanted) <= 1) read();
    else this.#rest = setTimeout(read, REST_MS);
  }
}
