import type { ColumnState } from '../columns/column-state.ts';
import type { Field } from '../columns/field.ts';
import type { GridMessages } from '../messages.ts';
import type { GridRow } from '../rows/grid-row.ts';
import type { RowSource } from '../rows/row-source.ts';
import type { RowSelection } from '../selection/row-selection.ts';
import type { CellPlace } from '../selection/selection.ts';
import type { SaveBatch } from './patch-result.ts';

/** One column of the order of the rows. */
export interface SortKey {
  readonly field: string;
  readonly isDescending: boolean;
}

/** Colours a rule may give to a cell or, without a field, to a row. */
export type Tone = 'gray' | 'blue' | 'green' | 'amber' | 'red' | 'violet';

/** What a person asked to see a menu of. */
export interface MenuRequest {
  readonly kind: 'cell' | 'header';
  readonly place: CellPlace;
  readonly field: Field | undefined;
  readonly row: GridRow | undefined;
  /** In the window's pixels. */
  readonly anchor: DOMRect;
}

/** What a grid is given. */
export interface GridOptions {
  readonly rows: RowSource;
  readonly columns: readonly Field[];
  readonly locale: string;
  readonly messages: GridMessages;
  /** A name for the whole grid, for people who hear it. */
  readonly label: string;
  readonly columnState: ColumnState;
  readonly rowHeight?: number;
  readonly isReadonly?: boolean;
  /** Shows an empty row at the end in which a new record is typed. */
  readonly canAddRows?: boolean;
  readonly sort?: readonly SortKey[];
  readonly filtered?: readonly string[];
  readonly toneOf?: (row: GridRow, field: Field | undefined) => Tone | undefined;
  /** Saves a batch; what it refuses stays visible with its reason. */
  readonly onPatch?: SaveBatch;
  /** The server sorts; the grid only asks. */
  readonly onSort?: (sort: readonly SortKey[]) => void;
  readonly onColumns?: (state: ColumnState) => void;
  readonly onTicked?: (ticked: RowSelection) => void;
  readonly onActive?: (place: CellPlace, row: GridRow | undefined, field: Field | undefined) => void;
  readonly onMenu?: (request: MenuRequest) => void;
  /** Shows the active row by itself, as a form does. */
  readonly onRecord?: () => void;
  readonly onToggleGroup?: (row: GridRow) => void;
  /** Something worth telling that belongs to no cell, such as a paste that is too large or a page that failed. */
  readonly onNotice?: (message: string, error?: unknown) => void;
}
