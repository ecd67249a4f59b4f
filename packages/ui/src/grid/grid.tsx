import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { type ColumnState, initialColumns } from './columns/column-state.ts';
import { englishGridMessages } from './messages.ts';
import type { Edits } from './model/edits.ts';
import type { GridModel } from './model/grid-model.ts';
import type { GridOptions } from './model/grid-options.ts';
import type { CellPlace } from './selection/selection.ts';
import { selectCell } from './selection/selection.ts';
import { GridView } from './view/grid-view.ts';

/** What a grid takes; the arrangement of its columns may be left to it. */
export interface GridProps extends Omit<GridOptions, 'columnState' | 'messages' | 'locale'> {
  readonly locale?: string;
  readonly messages?: GridOptions['messages'];
  /** Given, the arrangement is the caller's, who hears of changes by `onColumns`. */
  readonly columnState?: ColumnState;
  /** Columns that stay at first, when the arrangement is left to the grid. */
  readonly frozen?: number;
  readonly ref?: Ref<GridHandle>;
}

/** What toolbars and menus do to a grid. */
export interface GridHandle {
  readonly model: GridModel;
  readonly edits: Edits;
  readonly focus: () => void;
  /** Makes a cell the active one and brings it into sight. */
  readonly goTo: (place: CellPlace) => void;
  readonly edit: () => void;
  readonly fitColumn: (column: number) => void;
}

/** A spreadsheet over rows that stay on the server. */
export function Grid({ ref, frozen = 0, ...props }: GridProps): ReactNode {
  const [own, setOwn] = useState(() => initialColumns(props.columns, frozen));
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<GridView>(null);
  const options: GridOptions = {
    ...props,
    locale: props.locale ?? 'en',
    messages: props.messages ?? englishGridMessages,
    columnState: props.columnState ?? own,
    onColumns: (state) => {
      setOwn(state);
      props.onColumns?.(state);
    },
  };
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
    view.current?.update(options);
  });
  useLayoutEffect(() => {
    if (host.current === null) return undefined;
    const made = new GridView(host.current, latest.current);
    view.current = made;
    return () => {
      view.current = null;
      made.close();
    };
  }, []);
  useImperativeHandle(ref, () => handleOf(view));
  return <div ref={host} />;
}

function handleOf(view: { readonly current: GridView | null }): GridHandle {
  const drawn = (): GridView => {
    if (view.current === null) throw new Error('the grid is not on the page');
    return view.current;
  };
  return {
    get model() {
      return drawn().model;
    },
    get edits() {
      return drawn().edits;
    },
    focus: () => drawn().focus(),
    goTo: (place) => {
      drawn().model.select(selectCell(place));
      drawn().show(place);
    },
    edit: () => drawn().openEditor(),
    fitColumn: (column) => drawn().fitColumn(column),
  };
}
