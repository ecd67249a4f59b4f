import type { Structure, TableInfo } from '../../../api/structure-types.ts';
import { shortType } from '../../tables/rows/table-shape.ts';
import { labelOf, ownTables } from '../dialogs/fields.tsx';

/** A table as the diagram draws it. Measures are pixels. */
export interface Box {
  readonly id: string;
  readonly label: string;
  readonly table: TableInfo;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly isKey: boolean;
    readonly isPointer: boolean;
  }[];
  /** Columns that are not drawn. */
  readonly more: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Graph {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

const WIDTH = 220;
const HEAD = 34;
const ROW = 22;
const MOST_COLUMNS = 12;

/** Tables and what they point to, within the owner's schemas. */
export function graphOf(structure: Structure): Graph {
  const tables = ownTables(structure);
  const boxes = tables.map((table): Box => {
    const mine = structure.constraints.filter((one) => one.schema === table.schema && one.table === table.name);
    const keys = new Set(mine.filter(({ kind }) => kind === 'primary key').flatMap(({ columns }) => columns));
    const pointers = new Set(mine.filter(({ kind }) => kind === 'foreign key').flatMap(({ columns }) => columns));
    const telling = ({ name }: { readonly name: string }): number => (keys.has(name) ? 0 : pointers.has(name) ? 1 : 2);
    const shown = table.columns.toSorted((left, right) => telling(left) - telling(right)).slice(0, MOST_COLUMNS);
    const more = table.columns.length - shown.length;
    return {
      id: `${table.schema}.${table.name}`,
      label: labelOf(table),
      table,
      columns: shown.map(({ name, type }) => ({
        name,
        type: shortType(type),
        isKey: keys.has(name),
        isPointer: pointers.has(name),
      })),
      more,
      width: WIDTH,
      height: HEAD + (shown.length + (more > 0 ? 1 : 0)) * ROW,
    };
  });
  const known = new Set(boxes.map(({ id }) => id));
  const lines = structure.constraints.flatMap(({ schema, table, name, columns, references }): readonly Line[] => {
    if (references === null) return [];
    const from = `${schema}.${table}`;
    const to = `${references.schema}.${references.table}`;
    if (!known.has(from) || !known.has(to)) return [];
    return [{ id: `${from}.${name}`, from, to, label: columns.join(', ') }];
  });
  return { boxes, lines };
}

/** A table, what it points to and what points to it. @returns All of the graph when it has no such table. */
export function around(graph: Graph, id: string | undefined): Graph {
  if (!graph.boxes.some((box) => box.id === id)) return graph;
  const lines = graph.lines.filter(({ from, to }) => from === id || to === id);
  const near = new Set([id, ...lines.flatMap(({ from, to }) => [from, to])]);
  return {
    boxes: graph.boxes.filter((box) => near.has(box.id)),
    lines: graph.lines.filter(({ from, to }) => near.has(from) && near.has(to)),
  };
}
