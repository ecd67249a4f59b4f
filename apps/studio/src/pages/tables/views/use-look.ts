import { type ColumnState, type Field, initialColumns } from '@ashlar/ui/grid';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { type TableView, tableViews } from '../../../api/table-views.ts';
import type { TableShape } from '../rows/table-shape.ts';
import type { TableSearch } from '../rows/view-in-address.ts';
import { type ColourRule, readDefinition, type ViewDefinition } from './view-definition.ts';

/** How a person looks at a table now, and the ways that are kept. */
export interface Look {
  readonly columns: ColumnState;
  readonly setColumns: (columns: ColumnState) => void;
  readonly colours: readonly ColourRule[];
  readonly setColours: (colours: readonly ColourRule[]) => void;
  readonly views: readonly TableView[];
  /** The one it began with. */
  readonly current: TableView | null;
  /** What would be kept. */
  readonly definition: ViewDefinition;
  /** Null: the table as it is. */
  readonly open: (view: TableView | null) => void;
  /** After something was kept or removed. */
  readonly reread: () => Promise<void>;
}

/** Opens the view the address names, or the table's own where it says nothing at all. */
export function useLook(ref: string, shape: TableShape, fields: readonly Field[], search: TableSearch): Look {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { schema, name: table } = shape;
  const queryKey = ['table-views', ref, schema, table];
  const { data: views = [] } = useQuery({ queryKey, queryFn: () => tableViews.list(ref, { schema, table }) });
  const [columns, setColumns] = useState<ColumnState>(() => initialColumns(fields));
  const [colours, setColours] = useState<readonly ColourRule[]>([]);
  const isOpened = useRef(false);
  const { filter, sort, group } = search;

  function open(view: TableView | null): void {
    isOpened.current = true;
    const initial = initialColumns(fields);
    const read = readDefinition(view?.definition ?? {}, initial);
    setColumns(read.columns);
    setColours(read.colours);
    void navigate({
      to: '.',
      search: () => ({ ...read.search, ...(view === null ? {} : { view: view.id }) }),
      replace: true,
    });
  }

  const isPlain = Object.keys(search).length === 0;
  const wanted = views.find((view) => (search.view === undefined ? isPlain && view.default : view.id === search.view));
  useEffect(() => {
    if (isOpened.current || wanted === undefined) return;
    isOpened.current = true;
    const read = readDefinition(wanted.definition, initialColumns(fields));
    setColumns(read.columns);
    setColours(read.colours);
    // What a shared link says of filter and order counts more than the view it began with.
    if (isPlain) void navigate({ to: '.', search: () => ({ ...read.search, view: wanted.id }), replace: true });
  }, [wanted, fields, navigate, isPlain]);

  return {
    columns,
    setColumns,
    colours,
    setColours,
    views,
    current: views.find(({ id }) => id === search.view) ?? null,
    definition: {
      ...(filter === undefined ? {} : { filter }),
      ...(sort === undefined ? {} : { sort }),
      ...(group === undefined ? {} : { group }),
      columns,
      colours,
    },
    open,
    reread: () => client.invalidateQueries({ queryKey }),
  };
}
