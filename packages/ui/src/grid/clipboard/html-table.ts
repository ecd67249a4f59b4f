const MARK = 'data-ashlar-grid';
const NULL_MARK = 'data-null';

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

/** Writes a table for the clipboard that spreadsheets draw, and that tells a grid which cells are NULL. */
export function writeHtmlTable(table: readonly (readonly (string | null)[])[]): string {
  const lines = table.map((line) => `<tr>${line.map(cellHtml).join('')}</tr>`);
  return `<table ${MARK}>${lines.join('')}</table>`;
}

function cellHtml(cell: string | null): string {
  if (cell === null) return `<td ${NULL_MARK}></td>`;
  const escaped = cell.replaceAll(/[&<>"]/g, (mark) => ENTITIES.get(mark) ?? mark);
  // Excel keeps lines of one cell together only with this style; without it they become rows.
  return `<td style="white-space:pre-wrap">${escaped.replaceAll('\n', '<br style="mso-data-placement:same-cell">')}</td>`;
}

/**
 * Which cells of a copied table are NULL, if a grid wrote it. The texts themselves come from the plain flavour, which
 * browsers pass on untouched.
 */
export function readNulls(html: string): readonly (readonly boolean[])[] | undefined {
  if (!html.includes(MARK)) return undefined;
  return html
    .split(/<tr[\s>]/i)
    .slice(1)
    .map((line) => Array.from(line.matchAll(/<td([^>]*)>/gi), (cell) => (cell[1] ?? '').includes(NULL_MARK)));
}
