import { fillTo } from '../changes/fill-range.ts';
import { moveColumn, resizeColumn } from '../columns/column-state.ts';
import type { Edits } from '../model/edits.ts';
import type { GridModel } from '../model/grid-model.ts';
import { toggleSort } from '../model/toggle-sort.ts';
import { ALL_ROWS, isTicked, NO_ROWS, tickRows, tickState } from '../selection/row-selection.ts';
import {
  addCell,
  type CellPlace,
  extendTo,
  HEADER_ROW,
  mainRange,
  selectCell,
  selectColumn,
  selectRows,
} from '../selection/selection.ts';

/** What the pointer needs of the drawn grid. */
export interface PointerView {
  readonly root: HTMLElement;
  readonly focus: () => void;
  /** The cell under a place in the window; a column of -1 is the row's number. */
  readonly placeAt: (x: number, y: number) => CellPlace;
  /** Scrolls on when a drag stands at an edge. */
  readonly scrollBy: (x: number, y: number) => void;
  readonly openEditor: () => void;
  readonly openMenu: (place: CellPlace) => void;
  readonly fitColumn: (column: number) => void;
  readonly direction: () => 'ltr' | 'rtl';
}

/** Pixels a finger may tremble before a press becomes a drag. */
const DRAG_AFTER = 4;
const EDGE = 24;
const EDGE_STEP = 18;

/** Binds mouse, pen and finger to the grid. A drag keeps the pointer, so it may leave the grid and come back. */
export function bindPointer(view: PointerView, model: GridModel, edits: Edits): () => void {
  const { root } = view;
  const stop = new AbortController();
  const { signal } = stop;

  const drag = (
    event: PointerEvent,
    axes: 'both' | 'columns' | 'none',
    onMove: (event: PointerEvent) => void,
    onEnd?: () => void,
  ): void => {
    const over = new AbortController();
    root.setPointerCapture(event.pointerId);
    let last = event;
    const timer = setInterval(() => {
      // A press near an edge is no drag to it yet.
      if (last === event || axes === 'none') return;
      const [x, push] = pushOf(root, last);
      const y = axes === 'both' ? push : 0;
      if (x === 0 && y === 0) return;
      view.scrollBy(x * (view.direction() === 'rtl' ? -1 : 1), y);
      onMove(last);
    }, 16);
    const end = (moved: PointerEvent): void => {
      clearInterval(timer);
      over.abort();
      if (moved.type === 'pointerup') onEnd?.();
    };
    root.addEventListener('pointermove', (moved) => onMove((last = moved)), { signal: over.signal });
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      root.addEventListener(type, end, { signal: over.signal });
    }
  };

  const pressCell = (event: PointerEvent): void => {
    const place = view.placeAt(event.clientX, event.clientY);
    if (place.column === -1) {
      pressNumber(event, place);
      return;
    }
    if (event.shiftKey) model.select(extendTo(model.selection, place));
    else if (event.ctrlKey || event.metaKey) model.select(addCell(model.selection, place));
    else model.select(selectCell(place));
    // A finger scrolls; only mice and pens choose by dragging.
    if (event.pointerType === 'touch') return;
    // A drag keeps the pointer, and a click would then be told of the grid rather than of the heading.
    if ((event.target as Element).closest('.g-heading') !== null) return;
    drag(event, 'both', (moved) => {
      const to = view.placeAt(moved.clientX, moved.clientY);
      const { focus } = model.selection;
      const column = Math.max(0, to.column);
      if (to.row !== focus.row || column !== focus.column)
        model.select(extendTo(model.selection, { row: to.row, column }));
    });
  };

  const pressNumber = (event: PointerEvent, { row }: CellPlace): void => {
    const found = model.rows.at(row);
    const isTick = (event.target as Element).closest('.g-tick') !== null;
    if (isTick && found !== undefined && !model.rows.isDraft(row)) {
      model.tick(tickRows(model.ticked, [found.key], !isTicked(model.ticked, found.key)));
      return;
    }
    const from = event.shiftKey ? model.selection.active.row : row;
    model.select(selectRows(model.bounds, row, from));
    if (event.pointerType === 'touch') return;
    drag(event, 'both', (moved) => {
      model.select(selectRows(model.bounds, view.placeAt(moved.clientX, moved.clientY).row, from));
    });
  };

  const dragFill = (event: PointerEvent): void => {
    const from = mainRange(model.selection);
    const { active } = model.selection;
    let place: CellPlace | undefined;
    drag(
      event,
      'both',
      (moved) => {
        const at = view.placeAt(moved.clientX, moved.clientY);
        place = { row: Math.max(0, at.row), column: Math.max(0, at.column) };
        const fill = fillTo(from, place);
        root.classList.toggle('g-filling', fill !== undefined);
        const shown = fill === undefined ? from : union(from, fill.into);
        model.select({
          active: { row: shown.top, column: shown.start },
          focus: { row: shown.bottom, column: shown.end },
          others: [],
        });
      },
      () => {
        root.classList.remove('g-filling');
        const fill = place && fillTo(from, place);
        if (fill === undefined) {
          model.select({ active, focus: { row: from.bottom, column: from.end }, others: [] });
          return;
        }
        edits.continueSeries(fill).catch((error: unknown) => model.options.onNotice?.(String(error), error));
      },
    );
  };

  const dragEdge = (event: PointerEvent, column: number): void => {
    const field = model.fields[column];
    const width = model.layout.widths[column] ?? 0;
    if (field === undefined) return;
    const sign = view.direction() === 'rtl' ? -1 : 1;
    drag(event, 'none', (moved) => {
      const next = width + (moved.clientX - event.clientX) * sign;
      model.arrange(resizeColumn(model.options.columnState, field.id, next));
    });
  };

  const pressHeader = (event: PointerEvent, column: number): void => {
    const field = model.fields[column];
    if (field === undefined) return;
    const { active } = model.selection;
    let target: number | undefined;
    drag(
      event,
      'columns',
      (moved) => {
        if (Math.abs(moved.clientX - event.clientX) < DRAG_AFTER && target === undefined) return;
        target = Math.max(0, view.placeAt(moved.clientX, moved.clientY).column);
        root.querySelectorAll('.g-drop').forEach((cell) => cell.classList.remove('g-drop', 'g-drop-after'));
        const over = root.querySelector(`.g-head[data-column="${target}"]`);
        if (target !== column) over?.classList.add('g-drop', ...(target > column ? ['g-drop-after'] : []));
      },
      () => {
        root.querySelectorAll('.g-drop').forEach((cell) => cell.classList.remove('g-drop', 'g-drop-after'));
        if (target === undefined || target === column) {
          const stored = { ...model.bounds, rows: model.rows.stored };
          model.select(selectColumn(stored, column, event.shiftKey ? active.column : column));
          return;
        }
        const before = model.fields[target > column ? target + 1 : target]?.id;
        model.arrange(moveColumn(model.options.columnState, model.options.columns, field.id, before));
        model.select(selectCell({ row: HEADER_ROW, column: target }));
      },
    );
  };

  root.addEventListener(
    'pointerdown',
    (event) => {
      const target = event.target as Element;
      if (event.button !== 0 || target.closest('.g-editor, .g-note') !== null) return;
      if (target.closest('.g-scroller') === null || isOnScrollBar(event)) return;
      view.focus();
      const column = headerOf(event);
      if (target.closest('.g-handle') !== null) dragFill(event);
      else if (target.closest('.g-all') !== null) {
        model.tick(tickState(model.ticked, model.rows.stored) === 'all' ? NO_ROWS : ALL_ROWS);
      } else if (column === undefined) pressCell(event);
      else if (target.closest('.g-edge') !== null) dragEdge(event, column);
      else if (target.closest('.g-sort, .g-menu') === null) pressHeader(event, column);
      if (event.pointerType !== 'touch') event.preventDefault();
    },
    { signal },
  );
  root.addEventListener(
    'click',
    (event) => {
      const column = headerOf(event);
      const target = event.target as Element;
      const field = column === undefined ? undefined : model.fields[column];
      if (column !== undefined && field !== undefined) {
        if (target.closest('.g-sort') !== null) toggleSort(model, field, event.shiftKey);
        else if (target.closest('.g-menu') !== null) view.openMenu({ row: HEADER_ROW, column });
        return;
      }
      if (target.closest('.g-heading') === null) return;
      const row = model.rows.at(view.placeAt(event.clientX, event.clientY).row);
      if (row?.group !== undefined) model.options.onToggleGroup?.(row);
    },
    { signal },
  );
  root.addEventListener(
    'dblclick',
    (event) => {
      const target = event.target as Element;
      const column = headerOf(event);
      if (column !== undefined && target.closest('.g-edge') !== null) view.fitColumn(column);
      else if (column === undefined && target.closest('.g-cell') !== null) view.openEditor();
    },
    { signal },
  );
  root.addEventListener(
    'contextmenu',
    (event) => {
      const target = event.target as Element;
      if (model.options.onMenu === undefined || target.closest('.g-editor, .g-note') !== null) return;
      event.preventDefault();
      const column = headerOf(event);
      const place = column === undefined ? view.placeAt(event.clientX, event.clientY) : { row: HEADER_ROW, column };
      view.openMenu({ ...place, column: Math.max(0, place.column) });
    },
    { signal },
  );
  return () => stop.abort();
}

function union(a: ReturnType<typeof mainRange>, b: ReturnType<typeof mainRange>): ReturnType<typeof mainRange> {
  return {
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
  };
}

const headerOf = (event: Event): number | undefined => {
  const column = (event.target as Element).closest<HTMLElement>('.g-head')?.dataset['column'];
  return column === undefined ? undefined : Number(column);
};

const push = (at: number, from: number, to: number): number => {
  if (at < from + EDGE) return -EDGE_STEP;
  return at > to - EDGE ? EDGE_STEP : 0;
};

/** How far to scroll on because a drag stands at an edge. */
function pushOf(root: HTMLElement, { clientX, clientY }: PointerEvent): readonly [number, number] {
  const box = root.getBoundingClientRect();
  return [push(clientX, box.left, box.right), push(clientY, box.top, box.bottom)];
}

function isOnScrollBar(event: PointerEvent): boolean {
  const scroller = (event.target as Element).closest<HTMLElement>('.g-scroller');
  if (scroller === null || event.target !== scroller) return false;
  const box = scroller.getBoundingClientRect();
  const isRtl = getComputedStyle(scroller).direction === 'rtl';
  const bar = scroller.offsetWidth - scroller.clientWidth;
  const x = isRtl ? event.clientX < box.left + bar : event.clientX > box.right - bar;
  return x || event.clientY > box.top + scroller.clientHeight;
}
