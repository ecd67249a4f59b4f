import { fillDown } from '../changes/fill-range.ts';
import { moveColumn, resizeColumn, widthOf } from '../columns/column-state.ts';
import type { Edits } from '../model/edits.ts';
import type { GridModel } from '../model/grid-model.ts';
import { toggleSort } from '../model/toggle-sort.ts';
import { tickRows, isTicked } from '../selection/row-selection.ts';
import {
  allRanges,
  type CellPlace,
  extendTo,
  HEADER_ROW,
  mainRange,
  nextCell,
  selectAll,
  selectCell,
  selectColumn,
  selectRows,
  stepFrom,
} from '../selection/selection.ts';
import type { Command } from './command.ts';

/** What only the drawn grid can do. */
export interface CommandView {
  readonly rowsPerPage: () => number;
  readonly show: (place: CellPlace) => void;
  readonly openEditor: (text?: string) => void;
  readonly openMenu: () => void;
}

const STEPS = {
  up: { rows: -1, columns: 0 },
  down: { rows: 1, columns: 0 },
  onward: { rows: 0, columns: 1 },
  back: { rows: 0, columns: -1 },
} as const;
const FAR = 1e9;
const RESIZE_STEP = 16;

/** Does what a key asked for. @returns False where the key belongs to the page after all, such as Tab at the last cell. */
export function runCommand(command: Command, model: GridModel, edits: Edits, view: CommandView): boolean {
  const { selection, bounds } = model;
  if (bounds.columns === 0) return false;
  const isHeader = selection.active.row === HEADER_ROW;
  const go = (place: CellPlace, isExtending: boolean): void => {
    model.select(isExtending && !isHeader ? extendTo(selection, place) : selectCell(place));
    view.show(place);
  };
  const run = (work: Promise<unknown>): void => {
    work.catch((error: unknown) =>
      model.options.onNotice?.(error instanceof Error ? error.message : String(error), error),
    );
  };
  const from = (isExtending: boolean): CellPlace => (isExtending ? selection.focus : selection.active);
  switch (command.type) {
    case 'move': {
      const step = STEPS[command.to];
      const times = command.isFar ? FAR : 1;
      const by = { rows: step.rows * times, columns: step.columns * times };
      const lowest = command.isFar || command.isExtending ? 0 : HEADER_ROW;
      go(stepFrom(from(command.isExtending), by, bounds, isHeader ? HEADER_ROW : lowest), command.isExtending);
      return true;
    }
    case 'page': {
      const rows = view.rowsPerPage() * (command.to === 'up' ? -1 : 1);
      go(stepFrom(from(command.isExtending), { rows, columns: 0 }, bounds), command.isExtending);
      return true;
    }
    case 'edge': {
      const far = command.to === 'first' ? -FAR : FAR;
      const by = { rows: command.isTable ? far : 0, columns: far };
      go(
        stepFrom(from(command.isExtending), by, bounds, isHeader && !command.isTable ? HEADER_ROW : 0),
        command.isExtending,
      );
      return true;
    }
    case 'next': {
      const place = nextCell(selection.active, bounds, command.isBack);
      if (place === selection.active || isHeader) return false;
      go(place, false);
      return true;
    }
    case 'moveColumn':
      return moveActiveColumn(model, command.to, view);
    case 'resizeColumn': {
      const field = model.fields[selection.active.column];
      if (field === undefined || !isHeader) return false;
      const state = model.options.columnState;
      const by = command.to === 'onward' ? RESIZE_STEP : -RESIZE_STEP;
      model.arrange(resizeColumn(state, field.id, widthOf(state, field) + by));
      return true;
    }
    case 'type':
      if (isHeader || !model.isEditable(selection.active)) return false;
      view.openEditor(command.text);
      return true;
    case 'edit':
      editActive(model, view);
      return true;
    case 'clear':
      run(edits.clear(allRanges(selection)));
      return true;
    case 'setNull':
      edits.setNull(selection.active);
      return true;
    case 'undo':
      model.undo();
      return true;
    case 'redo':
      model.redo();
      return true;
    case 'fillDown': {
      const fill = fillDown(mainRange(selection));
      if (fill !== undefined) run(edits.continueSeries(fill));
      return true;
    }
    case 'selectAll':
      model.select(selectAll({ ...bounds, rows: model.rows.stored }, selection.active));
      return true;
    case 'selectRow':
      model.select(selectRows(bounds, selection.focus.row, selection.active.row));
      return true;
    case 'selectColumn':
      model.select(
        selectColumn({ ...bounds, rows: model.rows.stored }, selection.focus.column, selection.active.column),
      );
      return true;
    case 'tick': {
      const row = model.rows.at(selection.active.row);
      if (row !== undefined) model.tick(tickRows(model.ticked, [row.key], !isTicked(model.ticked, row.key)));
      return true;
    }
    case 'insertRow':
      edits.addRows('insert', [{}]);
      return true;
    case 'duplicateRows':
      run(edits.duplicate(mainRange(selection)));
      return true;
    case 'removeRows':
      run(edits.removeRows(mainRange(selection)));
      return true;
    case 'menu':
      view.openMenu();
      return true;
    case 'open': {
      const [row, field] = [model.rows.at(selection.active.row), model.fields[selection.active.column]];
      const value = row && field ? model.valueOf(row, field) : null;
      if (value !== null) field?.reference?.open?.(value);
      return true;
    }
    case 'record':
      if (isHeader || model.options.onRecord === undefined) editActive(model, view);
      else model.options.onRecord();
      return true;
    case 'escape':
      edits.cancel();
      model.select(selectCell(selection.active));
      return true;
  }
}

function editActive(model: GridModel, view: CommandView): void {
  const { active } = model.selection;
  const row = model.rows.at(active.row);
  const field = model.fields[active.column];
  if (active.row === HEADER_ROW && field !== undefined) toggleSort(model, field, false);
  else if (row?.group !== undefined) model.options.onToggleGroup?.(row);
  else if (model.isEditable(active)) view.openEditor();
}

function moveActiveColumn(model: GridModel, to: 'onward' | 'back', view: CommandView): boolean {
  const { active } = model.selection;
  const field = model.fields[active.column];
  const target = active.column + (to === 'onward' ? 1 : -1);
  if (field === undefined || active.row !== HEADER_ROW || model.fields[target] === undefined) return false;
  const before = model.fields[to === 'onward' ? target + 1 : target]?.id;
  model.arrange(moveColumn(model.options.columnState, model.options.columns, field.id, before));
  model.select(selectCell({ row: HEADER_ROW, column: target }));
  view.show({ row: HEADER_ROW, column: target });
  return true;
}
