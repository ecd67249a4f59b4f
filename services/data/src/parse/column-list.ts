import { MAX_COLUMNS } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { parseName } from './name.ts';

/** `a,"b c",d`: the value of `columns` and `on_conflict`. */
export function parseColumnList(
  text: string,
  subject: 'columns parameter' | 'on_conflict parameter',
): readonly string[] {
  const cursor = new Cursor(text, subject);
  if (cursor.done) return [];
  const columns: string[] = [];
  do {
    if (columns.length === MAX_COLUMNS) cursor.fail(`at most ${MAX_COLUMNS} columns`);
    columns.push(parseName(cursor));
  } while (cursor.take(','));
  cursor.expectEnd('"," or end of input');
  return columns;
}
