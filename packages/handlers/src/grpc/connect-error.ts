import type { Suite } from '@ashlar/kernel';
import { Code, ConnectError } from '@connectrpc/connect';
import { type Problem, problemOf } from '../problem/render-problem.ts';
import { suiteDescriptor } from './proto-descriptor.ts';

/** Codes of gRPC by the status a problem has over HTTP. */
const CODES: ReadonlyMap<number, Code> = new Map([
  [400, Code.InvalidArgument],
  [401, Code.Unauthenticated],
  [403, Code.PermissionDenied],
  [404, Code.NotFound],
  [405, Code.Unimplemented],
  [406, Code.InvalidArgument],
  [409, Code.FailedPrecondition],
  [412, Code.FailedPrecondition],
  [413, Code.ResourceExhausted],
  [422, Code.InvalidArgument],
  [429, Code.ResourceExhausted],
  [503, Code.Unavailable],
  [504, Code.DeadlineExceeded],
]);

/** An error as clients of Connect and gRPC have it: a code of theirs, and our problem among the details. */
export function connectErrorOf(suite: Suite, error: unknown, traceId: string): ConnectError {
  const problem = problemOf(error, traceId);
  const { code, detail } = problem;
  const { problem: desc } = suiteDescriptor(suite);
  return new ConnectError(
    `${code}: ${detail}`,
    codeOf(problem),
    undefined,
    [{ desc, value: messageOf(problem) }],
    error,
  );
}

/** The same later may be done where others were in the way: what gRPC calls aborted. */
function codeOf({ status, retryable }: Problem): Code {
  return status === 409 && retryable ? Code.Aborted : (CODES.get(status) ?? Code.Internal);
}

/** As a message is initialised: 64-bit numbers are big, and names are those of JavaScript. */
function messageOf({ trace_id: traceId, status, errors = [], ...rest }: Problem): Record<string, unknown> {
  return { ...rest, errors: [...errors], status: BigInt(status), ...(traceId === undefined ? {} : { traceId }) };
}
