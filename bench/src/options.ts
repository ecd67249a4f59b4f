import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly isQuick: boolean;
  /** Only the figures of files, and what they cost in CPU time. */
  readonly isOnlyFiles: boolean;
  /** Only the figures of the catalogue. */
  readonly isOnlyCatalogue: boolean;
  /** Only the figures of stock. */
  readonly isOnlyStock: boolean;
  /** Only the figures of orders. */
  readonly isOnlyOrders: boolean;
  /** Only the figures of documents on paper. */
  readonly isOnlyDocuments: boolean;
  /** Only the figures of Studio. */
  readonly isOnlyStudio: boolean;
  /** Median of how many interleaved runs. */
  readonly rounds: number;
  readonly secondsPerRun: number;
  readonly jsonFile: string | null;
  readonly logLevel: string;
}

export const USAGE = `npm run bench -- [--quick] [--files | --catalogue | --stock | --orders | --documents | --studio] [--json <file>] [--log-level <level>]

  --quick              3 rounds of 1 s instead of 5 of 2.5 s
  --files              only the figures of files and the CPU time they cost, beside a bare server; two minutes
  --catalogue          only the figures of the catalogue; some minutes, since 100,000 products are imported
  --stock              only the figures of the inventory; some minutes, since a ledger of a million rows is posted
  --orders             only the figures of orders and books; some minutes, since a million journal lines are made
  --documents          only the figures of documents on paper; seconds
  --studio             only the figures of Studio, in Chromium; some minutes, since a million rows are made
  --json <file>        also write the figures as JSON
  --log-level <level>  of the server under test; info, its default, writes a line per request
`;

/** @throws {TypeError} For an option there is not. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      files: { type: 'boolean', default: false },
      catalogue: { type: 'boolean', default: false },
      stock: { type: 'boolean', default: false },
      orders: { type: 'boolean', default: false },
      documents: { type: 'boolean', default: false },
      studio: { type: 'boolean', default: false },
      json: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    isQuick: values.quick,
    isOnlyFiles: values.files,
    isOnlyCatalogue: values.catalogue,
    isOnlyStock: values.stock,
    isOnlyOrders: values.orders,
    isOnlyDocuments: values.documents,
    isOnlyStudio: values.studio,
    rounds: values.quick ? 3 : 5,
    secondsPerRun: values.quick ? 1 : 2.5,
    jsonFile: values.json ?? null,
    logLevel: values['log-level'],
  };
}
