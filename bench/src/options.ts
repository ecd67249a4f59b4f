import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly isQuick: boolean;
  /** Only the figures of files, and what they cost in CPU time. */
  readonly isOnlyFiles: boolean;
  /** Median of how many interleaved runs. */
  readonly rounds: number;
  readonly secondsPerRun: number;
  readonly jsonFile: string | null;
  readonly logLevel: string;
}

export const USAGE = `npm run bench -- [--quick] [--files] [--json <file>] [--log-level <level>]

  --quick              3 rounds of 1 s instead of 5 of 2.5 s
  --files              only the figures of files and the CPU time they cost, beside a bare server; two minutes
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
      json: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    isQuick: values.quick,
    isOnlyFiles: values.files,
    rounds: values.quick ? 3 : 5,
    secondsPerRun: values.quick ? 1 : 2.5,
    jsonFile: values.json ?? null,
    logLevel: values['log-level'],
  };
}
