import { z } from 'zod';
import { AshlarError } from '../errors.ts';

/**
 * The schema of a value that looks different in JSON: `parse` makes the value of its JSON form, `z.encode` the JSON
 * form of the value. Contracts show the JSON form in both directions. What `decode` refuses with an error of a
 * catalogue becomes an issue whose `params.code` is that error's code.
 */
export function edgeValue<Value, Json>(options: {
  readonly json: z.ZodType<Json, Json>;
  readonly decode: (json: Json) => Value;
  readonly encode: (value: Value) => Json;
}): z.ZodType<Value, Json> {
  const value = z.custom<Value>();
  // oxlint-disable-next-line no-underscore-dangle -- where Zod lets a schema describe itself.
  value._zod.toJSONSchema = () => jsonSchema(options.json);
  return z.codec(options.json, value, {
    decode: (json, context) => decodeOrRefuse(() => options.decode(json), json, context),
    encode: (decoded) => options.encode(decoded) as never,
  });
}

/** Keeps a refusal's code where the issue is. */
function decodeOrRefuse<Value>(decode: () => Value, input: unknown, context: z.core.ParsePayload): Value {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    context.issues.push(issueOf(error, input));
    return z.NEVER;
  }
}

/** The form in which schemas of this house report a catalogue's error. */
export function issueOf(error: AshlarError, input: unknown): z.core.$ZodRawIssue {
  return { code: 'custom', input, message: error.message, params: { ...error.params, code: error.code } };
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, '~standard': _standard, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
