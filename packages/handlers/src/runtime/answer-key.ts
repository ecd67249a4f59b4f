import { createHash } from 'node:crypto';
import { type AnyUseCase, commonErrors, type Suite } from '@ashlar/kernel';
import type { Invocation } from '../invocation.ts';

/** What a repeated command is recognised by. */
export interface AnswerKey {
  /** Of key and whoever used it. */
  readonly id: Buffer;
  /** Of what was asked for with it. */
  readonly requestHash: Buffer;
}

const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

/** @throws {AshlarError} `common.idempotency_key_invalid`. */
export function answerKey(
  suite: Suite,
  useCase: AnyUseCase,
  input: unknown,
  { idempotencyKey, caller, orgId, dryRun }: Invocation,
): AnswerKey | null {
  if (idempotencyKey === undefined) return null;
  if (!PRINTABLE.test(idempotencyKey)) throw commonErrors.idempotencyKeyInvalid();
  if (dryRun === true) return null;
  const requestHash = sha256([useCase.name, orgId ?? null, sorted(input)]);
  const { sub = null } = caller.claims;
  // Many share the credentials of nobody: there a key alone must not lead to an answer.
  const shared = caller.role === 'anon' ? requestHash.toString('hex') : null;
  return { id: sha256([suite.name, caller.role, sub, idempotencyKey, shared]), requestHash };
}

function sha256(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest();
}

/** Equal inputs have one text, in whatever order their members came. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
