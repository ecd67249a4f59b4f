import { type ReactNode, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  arabicGridMessages,
  type Batch,
  englishGridMessages,
  Grid,
  type GridHandle,
  type PatchResult,
  type SortKey,
} from '../../src/grid/index.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '../../src/grid/grid.css';
import { MadeTable, madeFields } from './made-rows.ts';

const asked = new URLSearchParams(location.search);
const isArabic = asked.get('lang') === 'ar';
const count = Number(asked.get('rows') ?? 1_000_000);
const latencyMs = Number(asked.get('latency') ?? 20);
document.documentElement.dir = isArabic ? 'rtl' : 'ltr';
document.documentElement.lang = isArabic ? 'ar' : 'en';
document.documentElement.style.colorScheme = asked.get('theme') ?? 'light';

/** What a test or a measurement looks at from outside. */
interface Probe {
  batches: Batch[];
  notices: string[];
  sorts: (readonly SortKey[])[];
  table: MadeTable;
  grid: GridHandle | null;
  /** Refuses or contradicts what is saved, when a test wants to see that. */
  answer: ((batch: Batch) => PatchResult) | undefined;
}

function Page(): ReactNode {
  const fields = useMemo(() => madeFields(15), []);
  const table = useMemo(() => new MadeTable(count, fields, latencyMs), [fields]);
  const [sort, setSort] = useState<readonly SortKey[]>([]);
  const probe = useRef<Probe>({ batches: [], notices: [], sorts: [], table, grid: null, answer: undefined });
  (globalThis as unknown as { probe: Probe }).probe = probe.current;
  return (
    <Grid
      ref={(grid) => {
        probe.current.grid = grid;
      }}
      rows={table.source}
      columns={fields}
      frozen={2}
      label="Customers"
      locale={isArabic ? 'ar' : 'en'}
      messages={isArabic ? arabicGridMessages : englishGridMessages}
      canAddRows
      sort={sort}
      filtered={['city']}
      toneOf={(row, field) => {
        if (field?.id !== 'state') return undefined;
        return row.values['state'] === 'paid' ? 'green' : row.values['state'] === 'held' ? 'amber' : undefined;
      }}
      onSort={(next) => {
        probe.current.sorts.push(next);
        setSort(next);
      }}
      onMenu={() => {}}
      onNotice={(message) => probe.current.notices.push(message)}
      onPatch={async (batch) => {
        probe.current.batches.push(batch);
        await new Promise((resolve) => setTimeout(resolve, latencyMs));
        const result = probe.current.answer?.(batch) ?? {};
        for (const { row, field, after } of batch.changes) {
          if (result.refused !== undefined) break;
          table.written.set(row, { ...table.written.get(row), [field]: after });
        }
        return result;
      }}
    />
  );
}

const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<Page />);
