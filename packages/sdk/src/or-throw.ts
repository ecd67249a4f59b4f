import type { CallResult } from './call-operation.ts';
import { ProblemError } from './problem.ts';

/** The answer, for those who prefer exceptions. @throws {ProblemError} */
export async function orThrow<Output, Code extends string>(
  result: CallResult<Output, Code> | Promise<CallResult<Output, Code>>,
): Promise<Output> {
  const { data, error } = await result;
  if (error !== null) throw new ProblemError(error);
  return data;
}
