import { commonErrors } from './common-errors.ts';
import { type Refused, refuse } from './decision.ts';

/**
 * Refuses a change of a row that is not what the caller believes it to be, and tells what it is now.
 *
 * @param expected What the caller read; absent: any version will do.
 * @param current The row as the caller may see it, in the words of the API.
 * @returns Null when it is as expected.
 */
export function refuseStale(
  actual: number,
  expected: number | undefined,
  current: Readonly<Record<string, unknown>>,
): Refused | null {
  if (expected === undefined || expected === actual) return null;
  return refuse(commonErrors.staleVersion({ expected, actual }, { current }));
}
