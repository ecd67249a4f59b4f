import type { CallResult } from '@ashlar/postgres';
import { type Answer, answerOf, nothingWritten } from '../execute/answer.ts';
import type { Prepared } from '../execute/prepare.ts';
import { ANSWER_COLUMNS } from '../sql/compile.ts';

/** What one operation of a transaction came to. */
export interface OperationResult {
  /** What the operation would have answered as a request of its own. */
  readonly status: number;
  /** Rows written, or rows there are to read when that was asked. */
  readonly count: number | null;
  /** JSON as PostgreSQL wrote it; empty for none. */
  readonly body: Answer['body'];
}

/** The result of an operation that reads or writes rows or calls a function. */
export function resultOf(prepared: Prepared, result: CallResult): OperationResult {
  const { status, body } = answerOf(prepared, result, null);
  const column = writesRows(prepared) ? ANSWER_COLUMNS.rows : ANSWER_COLUMNS.total;
  const counted = column < result.fields.length ? result.bytes(0, column) : null;
  return { status, count: counted === null ? null : Number(counted.toString()), body };
}

export function resultOfNothing(prepared: Prepared): OperationResult {
  const { status, body } = nothingWritten(prepared);
  return { status, count: 0, body };
}

function writesRows({ plan }: Prepared): boolean {
  return plan?.action != null && plan.action.kind !== 'call';
}

/** `{"results": […]}`; bodies are passed on as they came. */
export function resultsBody(results: readonly OperationResult[]): Buffer {
  const parts: (string | Buffer)[] = ['{"results":['];
  for (const [index, { status, count, body }] of results.entries()) {
    parts.push(`${index === 0 ? '' : ','}{"status":${status}${count === null ? '' : `,"count":${count}`}`);
    if (body.length > 0) parts.push(',"data":', body);
    parts.push('}');
  }
  parts.push(']}');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
