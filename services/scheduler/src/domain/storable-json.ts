/** What JSON can write and jsonb cannot hold: the character NUL, and halves of surrogate pairs. */
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;
const MAX_DEPTH = 100;

/** The value as JSON that PostgreSQL takes; what it cannot hold is replaced by U+FFFD. */
export function storableJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replaceAll(UNSTORABLE, '$1\\ufffd');
}

/** Why PostgreSQL would not take the value as it is; null: it would. */
export function storageFault(value: unknown): string | null {
  if (isDeeperThan(value, MAX_DEPTH)) return `it has more than ${MAX_DEPTH} levels`;
  const text = JSON.stringify(value) ?? 'null';
  return text === storableJson(value) ? null : 'it holds the character NUL or half a surrogate pair';
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}
