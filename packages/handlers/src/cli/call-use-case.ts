import { AshlarError, commonErrors } from '@ashlar/kernel';
import type { Invocation } from '../invocation.ts';
import { type Problem, problemOf } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';

/** What a command line is told: a result for one stream, or a problem for the other and an exit code. */
export type CalledUseCase =
  | { readonly exitCode: 0; readonly output: unknown; readonly replayed: boolean }
  | { readonly exitCode: 1; readonly problem: Problem };

/**
 * A use case as a command line calls it.
 *
 * @param json The input as text; empty for none.
 * @throws What is a fault of ours, with all it knows: whoever calls it here administers the instance.
 */
export async function callUseCase(
  useCases: UseCases,
  name: string,
  json: string,
  invocation: Invocation,
): Promise<CalledUseCase> {
  try {
    const { output, replayed } = await useCases.invoke(name, readJson(json), invocation);
    return { exitCode: 0, output, replayed };
  } catch (error) {
    if (!(error instanceof AshlarError) || error.kind === 'internal') throw error;
    return { exitCode: 1, problem: problemOf(error) };
  }
}

function readJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    throw commonErrors.malformed({ wanted: 'JSON object' }, { cause: error });
  }
}
