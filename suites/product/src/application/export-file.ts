import type { z } from 'zod';
import { csvLine } from '../domain/write-csv.ts';
import type { exportProducts } from './export-products.ts';

type Input = z.input<typeof exportProducts.input>;
type Output = z.output<typeof exportProducts.output>;

/** The catalogue as the lines of a table, page by page; cells that look like formulas are told to be text. */
export async function* exportFile(ask: (input: Input) => Promise<Output>): AsyncGenerator<string> {
  let columns: readonly string[] | null = null;
  let after: Output['next'] = null;
  do {
    const page: Output = await ask(after === null ? {} : { after });
    if (columns === null) {
      columns = page.columns ?? [];
      yield csvLine(columns);
    }
    for (const row of page.rows) yield csvLine(columns.map((column) => row[column] ?? ''));
    after = page.next;
  } while (after !== null);
}
