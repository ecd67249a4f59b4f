/** What a spreadsheet would take for a formula, or what was told to be none already: so one apostrophe can be taken off again. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** One line of a table, with a line end; cells that look like formulas are told to be text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A cell as it was before `csvLine` told a spreadsheet that it is text. */
export function readCell(written: string): string {
  return written.startsWith("'") && FORMULA.test(written) ? written.slice(1) : written;
}

function cell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
