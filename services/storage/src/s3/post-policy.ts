import { z } from 'zod';
import { s3Errors } from './s3-errors.ts';

const MAX_POLICY_CHARACTERS = 20_480;
const MAX_CONDITIONS = 100;
const size = z.int().nonnegative();
const policySchema = z.object({
  expiration: z.iso.datetime({ offset: true }),
  conditions: z
    .array(
      z.union([
        z.tuple([z.literal('content-length-range'), size, size]),
        z.tuple([z.enum(['eq', 'starts-with']), z.string().regex(/^\$/), z.string()]),
        z.record(z.string(), z.string()).refine((record) => Object.keys(record).length === 1),
      ]),
    )
    .max(MAX_CONDITIONS),
});

/** Bytes a form's file may have. */
export interface SizeBounds {
  readonly min: number;
  readonly max: number;
}

/** Fields that need no condition: the policy itself, and what clients send for themselves. */
const FREE = /^(?:policy|x-amz-signature|file|x-ignore-.*)$/;
const ANY_LIST = 'content-type';

/**
 * Judges a form by the policy that was signed for it: every field has to be allowed, and every condition to hold.
 *
 * @param fields By their names in lower case, the bucket of the address among them.
 * @param key The object's name with the name of the file in it.
 * @throws {AshlarError} `s3.malformed_policy`, `s3.policy_violated`.
 */
export function judgeForm(fields: ReadonlyMap<string, string>, key: string, now: Date): SizeBounds {
  const { expiration, conditions } = parsePolicy(fields.get('policy') ?? '');
  if (now.getTime() > Date.parse(expiration)) throw violated('Policy expired.');
  const allowed = new Set<string>();
  let bounds: SizeBounds = { min: 0, max: Infinity };
  for (const condition of conditions) {
    if (Array.isArray(condition) && condition[0] === 'content-length-range') {
      const [, min, max] = condition;
      bounds = { min: Math.max(bounds.min, min), max: Math.min(bounds.max, max) };
      continue;
    }
    const [kind, variable, wanted] = Array.isArray(condition)
      ? condition
      : (['eq', `$${Object.keys(condition)[0]}`, Object.values(condition)[0] ?? ''] as const);
    const name = variable.slice(1).toLowerCase();
    allowed.add(name);
    const found = fields.get(name);
    const values = name === 'key' ? [key, ...(kind === 'eq' && found !== undefined ? [found] : [])] : [found ?? ''];
    const holds = values.some((value) => isMet(kind === 'eq', name, value, wanted));
    if (!holds) throw violated(`Policy Condition failed: ["${kind}", "$${name}"]`);
  }
  const stranger = [...fields.keys()].find((name) => !allowed.has(name) && !FREE.test(name));
  if (stranger !== undefined) throw violated(`Extra input fields: ${stranger}`);
  return bounds;
}

function isMet(isExact: boolean, name: string, value: string, wanted: string): boolean {
  if (isExact) return value === wanted;
  // Several types in one field each have to begin so.
  const values = name === ANY_LIST ? value.split(',') : [value];
  return values.every((one) => one.startsWith(wanted));
}

function parsePolicy(encoded: string): z.infer<typeof policySchema> {
  if (encoded.length > MAX_POLICY_CHARACTERS || !/^[A-Za-z0-9+/\r\n]+=*$/.test(encoded)) {
    throw s3Errors.malformedPolicy({ detail: 'it is not base64, or too long' });
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded, 'base64').toString());
  } catch (error) {
    throw s3Errors.malformedPolicy({ detail: 'it is no JSON' }, { cause: error });
  }
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) throw s3Errors.malformedPolicy({ detail: 'it has an expiration and conditions' });
  return parsed.data;
}

function violated(detail: string): Error {
  return s3Errors.policyViolated({ detail });
}
