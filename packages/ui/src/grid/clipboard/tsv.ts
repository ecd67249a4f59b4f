/** Cells of one paste; more is an import. */
export const MAX_PASTED_CELLS = 200_000;

/** Reads what a spreadsheet puts on the clipboard: tabs, lines, and quotes around what holds either. */
export function parseTsv(text: string): readonly (readonly string[])[] {
  const table: string[][] = [];
  let line: string[] = [];
  let at = 0;
  let cells = 0;
  while (at < text.length && cells <= MAX_PASTED_CELLS) {
    const { value, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    line.push(value);
    cells += 1;
    at = end;
    const mark = text[at];
    if (mark === '\t') {
      at += 1;
      if (at === text.length) line.push('');
      continue;
    }
    table.push(line);
    line = [];
    at += mark === '\r' && text[at + 1] === '\n' ? 2 : 1;
  }
  if (line.length > 0) table.push(line);
  return table;
}

function plainCell(text: string, start: number): { value: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== '\t' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(start, end), end };
}

/** A quote opens a quoted cell only if one closes it before a tab or a line's end; else it is a letter like others. */
function quotedCell(text: string, start: number): { value: string; end: number } {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return plainCell(text, start);
    if (text[quote + 1] === '"') {
      at = quote + 2;
      continue;
    }
    const next = text[quote + 1];
    const isClosed = next === undefined || next === '\t' || next === '\n' || next === '\r';
    if (!isClosed) return plainCell(text, start);
    return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
  }
}

/** Writes a table the way spreadsheets read it. */
export function writeTsv(table: readonly (readonly (string | null)[])[]): string {
  return table.map((line) => line.map((cell) => quoted(cell ?? '')).join('\t')).join('\r\n');
}

function quoted(cell: string): string {
  return /["\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
