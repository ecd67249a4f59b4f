/** An argument as `create-function` takes it. */
export interface ArgumentInput {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
}

const LINE = /^("(?:[^"]|"")+"|\S+)\s+(.+?)(?:\s*(?:=|\bdefault\b)\s*(.+))?$/i;

/**
 * Arguments written one in each line: `name type`, or `name type = default`.
 *
 * @returns The number of the first line that is neither, from 1, as `wrong`.
 */
export function readArguments(text: string): {
  readonly list: readonly ArgumentInput[];
  readonly wrong: number | null;
} {
  const list: ArgumentInput[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const trimmed = line.trim().replace(/,$/, '');
    if (trimmed === '') continue;
    const found = LINE.exec(trimmed);
    if (found === null) return { list, wrong: at + 1 };
    const [, name = '', type = '', value] = found;
    const bare = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
    list.push({ name: bare, type: type.trim(), ...(value === undefined ? {} : { default: value.trim() }) });
  }
  return { list, wrong: null };
}
