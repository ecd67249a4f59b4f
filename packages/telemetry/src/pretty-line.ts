import type { LogEntry, LogLevel } from './describe-observation.ts';

const LABELS: Readonly<Record<LogLevel, string>> = { debug: 'debug', info: 'info ', warn: 'warn ', error: 'error' };
const COLOURS: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** One line for a person: local time, level, sentence; the stack of a failure indented below it. */
export function prettyLine(entry: LogEntry, at: Date, colour: boolean): string {
  const time = at.toTimeString().slice(0, 8);
  const label = LABELS[entry.level];
  const head = colour
    ? `\u001b[90m${time}\u001b[0m \u001b[${COLOURS[entry.level]}m${label}\u001b[0m`
    : `${time} ${label}`;
  const stack = stackOf(entry.fields['error']);
  return `${head} ${singleLine(entry.message)}\n${stack}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error) || typeof error.stack !== 'string') return '';
  return error.stack
    .split('\n')
    .slice(1)
    .map((line) => `         ${line.trim()}\n`)
    .join('');
}

/** A request's path or a server's message may carry line breaks and terminal controls; a log line must not obey them. */
function singleLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
