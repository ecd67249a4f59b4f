import { type DestinationStream, destination as openDestination } from 'pino';
import { batchLines } from './batch-lines.ts';
import { type LogEntry, type LogLevel, describeObservation } from './describe-observation.ts';
import { jsonLine } from './json-line.ts';
import { ignoreObservations, type Observe } from './observation.ts';
import { prettyLine } from './pretty-line.ts';
import { sampleBursts } from './sample-bursts.ts';

export interface LoggerOptions {
  /** Quieter observations are not written; `silent` writes none. */
  readonly level: LogLevel | 'silent';
  /** `json`: one object per line, for machines. `pretty`: one sentence per line, for eyes. */
  readonly format: 'json' | 'pretty';
  /** Where lines go, each as it comes; standard output, in small batches, unless given. */
  readonly destination?: DestinationStream;
  /** Only `pretty` has colours: the caller knows whether its destination is a terminal (`wantsColour`). */
  readonly colour?: boolean;
}

export interface Logger {
  readonly observe: Observe;
  /** Writes what is still buffered: call it before the process ends. Never throws. */
  flush(): void;
}

const RANK: Readonly<Record<LogLevel | 'silent', number>> = { debug: 20, info: 30, warn: 40, error: 50, silent: 99 };

/**
 * A listener that writes observations as log lines. It never throws and never waits for the destination.
 *
 * @example const { observe } = createLogger({ level: 'info', format: 'json' });
 */
export function createLogger(options: LoggerOptions): Logger {
  const output = options.destination === undefined ? standardOutput() : { ...UNBUFFERED, stream: options.destination };
  const lineOf =
    options.format === 'json'
      ? jsonLine
      : (entry: LogEntry, at: Date) => prettyLine(entry, at, options.colour ?? false);
  const threshold = RANK[options.level];
  const sampler = sampleBursts((observation, count) => {
    const entry = describeObservation(observation);
    if (RANK[entry.level] < threshold) return;
    output.stream.write(lineOf(count === 1 ? entry : repeated(entry, count), new Date()));
  });
  return {
    observe: threshold > RANK.error ? ignoreObservations : sampler.take,
    flush: () => {
      sampler.flush();
      output.flush();
    },
  };
}

function repeated({ level, message, fields }: LogEntry, count: number): LogEntry {
  return { level, message: `${message} (${count} times within a second)`, fields: { ...fields, count } };
}

const UNBUFFERED = { flush: (): void => undefined };

function standardOutput(): { readonly stream: DestinationStream; readonly flush: () => void } {
  const file = openDestination({ fd: 1, sync: false });
  const lines = batchLines((text) => file.write(text));
  return {
    stream: lines,
    flush: () => {
      try {
        lines.flush();
        file.flushSync();
      } catch {
        // Whoever read our output has gone; what else has to be done at the end must not suffer for it.
      }
    },
  };
}

/** Colours only where someone looks, and not where they said no: https://no-color.org */
export function wantsColour(stream: { readonly isTTY?: boolean }, noColor: string | undefined): boolean {
  return stream.isTTY === true && (noColor === undefined || noColor === '');
}
