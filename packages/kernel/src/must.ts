/** Returns the value, or throws naming what was expected: for what the code knows and the type does not. */
export function must<Value>(value: Value | null | undefined, expected: string): Value {
  if (value === null || value === undefined) throw new Error(`Expected ${expected}, got ${String(value)}`);
  return value;
}

/** Ends a `switch` over a union: adding a member makes the call a type error. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable case: ${JSON.stringify(value)}`);
}
