import { RestError } from './rest-error.ts';

/**
 * PostgREST's own errors, one function per code, with its published texts: clients and their test suites compare
 * them word by word. What PostgREST does not know has a code beginning with ASH. https://docs.postgrest.org/en/stable/references/errors.html
 */
export const restErrors = {
  /** @param position Zero-based offset in `text`, reported as a column counted from one. */
  unparsable: (subject: string, text: string, position: number, details: string): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST100',
      message: `"failed to parse ${subject} (${text})" (line 1, column ${position + 1})`,
      details,
    }),
  methodNotOnRpc: (method: string): RestError =>
    new RestError({ status: 405, code: 'PGRST101', message: `Cannot use the ${method} method on RPC` }),
  badBody: (message: string): RestError => new RestError({ status: 400, code: 'PGRST102', message }),
  rangeNotSatisfiable: (details: string): RestError =>
    new RestError({ status: 416, code: 'PGRST103', message: 'Requested range not satisfiable', details }),
  putNeedsPrimaryKey: (): RestError =>
    new RestError({
      status: 405,
      code: 'PGRST105',
      message: "Filters must include all and only primary key columns with 'eq' operators",
    }),
  schemaNotExposed: (schema: string, exposed: readonly string[]): RestError =>
    new RestError({
      status: 406,
      code: 'PGRST106',
      message: `Invalid schema: ${schema}`,
      hint: `Only the following schemas are exposed: ${exposed.join(', ')}`,
    }),
  mediaTypesUnavailable: (asked: readonly string[]): RestError =>
    new RestError({
      status: 406,
      code: 'PGRST107',
      message: `None of these media types are available: ${asked.join(', ')}`,
    }),
  notEmbedded: (name: string): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST108',
      message: `'${name}' is not an embedded resource in this request`,
      hint: `Verify that '${name}' is included in the 'select' query parameter.`,
    }),
  badResponseHeaders: (): RestError =>
    new RestError({
      status: 500,
      code: 'PGRST111',
      message: 'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    }),
  badResponseStatus: (): RestError =>
    new RestError({ status: 500, code: 'PGRST112', message: 'response.status guc must be a valid status code' }),
  putTakesNoRange: (): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST114',
      message: 'limit/offset querystring parameters are not allowed for PUT',
    }),
  putKeyMismatch: (): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST115',
      message: 'Payload values do not match URL in primary key column(s)',
    }),
  notOneRow: (rows: string | number): RestError =>
    new RestError({
      status: 406,
      code: 'PGRST116',
      message: 'Cannot coerce the result to a single JSON object',
      details: `The result contains ${rows} rows`,
    }),
  methodUnsupported: (method: string): RestError =>
    new RestError({ status: 405, code: 'PGRST117', message: `Unsupported HTTP method: ${method}` }),
  relatedOrderImpossible: (origin: string, target: string): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST118',
      message: `A related order on '${target}' is not possible`,
      details: `'${origin}' and '${target}' do not form a many-to-one or one-to-one relationship`,
    }),
  badEmbedOperator: (target: string): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST120',
      message: `Bad operator on the '${target}' embedded resource`,
      details: 'Only is null or not is null filters are allowed on embedded resources',
    }),
  unreadableRaise: (details: string): RestError =>
    new RestError({
      status: 500,
      code: 'PGRST121',
      message: `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
      details,
    }),
  invalidPreferences: (invalid: readonly string[]): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: `Invalid preferences: ${invalid.join(', ')}`,
    }),
  aggregatesDisabled: (): RestError =>
    new RestError({ status: 400, code: 'PGRST123', message: 'Use of aggregate functions is not allowed' }),
  maxAffectedExceeded: (rows: string | number): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST124',
      message: 'Query result exceeds max-affected preference constraint',
      details: `The query affects ${rows} rows`,
    }),
  invalidPath: (): RestError =>
    new RestError({ status: 404, code: 'PGRST125', message: 'Invalid path specified in request URL' }),
  rootDisabled: (): RestError =>
    new RestError({ status: 404, code: 'PGRST126', message: 'Root endpoint metadata is disabled' }),
  keyMalformed: (): RestError =>
    new RestError({
      status: 400,
      code: 'ASH10',
      message: 'Idempotency-Key must be 1 to 255 visible ASCII characters',
      hint: 'A new UUID for every write is a good key.',
    }),
  keyReused: (): RestError =>
    new RestError({
      status: 422,
      code: 'ASH11',
      message: 'This Idempotency-Key was used with another request',
      hint: 'Send exactly the same request again, or take a new key.',
    }),
  keyBusy: (): RestError =>
    new RestError({
      status: 409,
      code: 'ASH12',
      message: 'The first request with this Idempotency-Key is still running',
      hint: 'Send it again a little later.',
      headers: { 'retry-after': '1' },
    }),
  answerNotKept: (): RestError =>
    new RestError({
      status: 200,
      code: 'ASH13',
      message: 'The first request with this Idempotency-Key was done; its answer was not kept',
      hint: 'Answers are kept for a signed-in user and up to 1 MiB.',
    }),
  badTransaction: (fault: string, hint?: string): RestError =>
    new RestError({ status: 400, code: 'ASH20', message: `Invalid transaction: ${fault}`, hint }),
  referenceUnresolved: (pointer: string): RestError =>
    new RestError({
      status: 400,
      code: 'ASH21',
      message: `The reference "${pointer}" leads to nothing`,
      hint: 'References are JSON Pointers into the results so far; rows are there when the operation returns them.',
    }),
  transactionTooLarge: (fault: string): RestError => new RestError({ status: 413, code: 'ASH22', message: fault }),
  maxAffectedNeedsSet: (): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST128',
      message: 'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
    }),
  columnUnknown: (column: string, relation: string, schema: string): RestError =>
    new RestError({
      status: 400,
      code: 'PGRST204',
      message: `Could not find the '${column}' column of '${relation}' in the schema cache`,
      lacksColumn: { schema, name: relation },
    }),
  relationUnknown: (schema: string, relation: string, similar: string | null): RestError =>
    new RestError({
      status: 404,
      code: 'PGRST205',
      message: `Could not find the table '${schema}.${relation}' in the schema cache`,
      hint: similar === null ? null : `Perhaps you meant the table '${schema}.${similar}'`,
      suggests: similar === null ? null : { kind: 'relation', schema, name: similar },
    }),
} as const;
