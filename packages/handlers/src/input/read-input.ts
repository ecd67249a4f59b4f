import { type AnyUseCase, commonErrors, type Contract, type FieldError } from '@ashlar/kernel';
import type { z } from 'zod';
import { escapePointer, MAX_FAULTS, textFaults } from './text-faults.ts';
import { unknownMembers } from './unknown-members.ts';
import { wireSchema } from './wire-schema.ts';

/**
 * A caller's input as the use case takes it: the one edge all handlers share.
 *
 * @throws {AshlarError} `common.invalid_input` with every fault of the schema at once.
 */
export function readInput(contract: Pick<AnyUseCase, 'input'> | Contract, input: unknown): unknown {
  const unfit = textFaults(input);
  if (unfit.length > 0) throw refusal(unfit);
  // A union for every list of use cases; each is a zod schema.
  const schema = contract.input as z.ZodType;
  const unknown = unknownMembers(wireSchema(schema), input);
  const parsed = schema.safeParse(input);
  if (parsed.success && unknown.length === 0) return parsed.data;
  throw refusal([...unknown, ...(parsed.error?.issues ?? []).flatMap(fieldErrors)].slice(0, MAX_FAULTS));
}

function refusal(fields: readonly FieldError[]): Error {
  return commonErrors.invalidInput({ count: fields.length }, { fields });
}

function fieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  const pointer = issue.path.map((step) => `/${escapePointer(String(step))}`).join('');
  if (issue.code === 'unrecognized_keys') {
    // Named by the walk over the wire's schema already.
    return [];
  }
  return [{ pointer, code: issueCode(issue), detail: issue.message }];
}

/** A check of our own may name its code; zod's words are snake case as well. */
function issueCode(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return issue.params.code;
  return issue.code;
}
