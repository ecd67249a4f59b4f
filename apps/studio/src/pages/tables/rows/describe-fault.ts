import type { RowReport, RowWrite } from './saving-script.ts';
import type { TableShape } from './table-shape.ts';
import type { Text } from '../../../texts/use-text.ts';
import type { tablesTexts } from '../tables-texts.ts';

export type TablesText = Text<keyof (typeof tablesTexts)['en']>;
type Fault = NonNullable<RowReport['fault']>;

/** Why a row was refused, in the words of who typed it, and the cells it is about; none when it is about all of them. */
export function describeFault(
  shape: TableShape,
  write: RowWrite,
  fault: Fault,
  t: TablesText,
): { readonly reason: string; readonly fields: readonly string[] } {
  return { reason: reasonOf(fault, t), fields: fieldsOf(shape, write, fault) };
}

function reasonOf({ state, message, detail, hint }: Fault, t: TablesText): string {
  switch (state) {
    case '23502':
      return t('needsValue');
    case '23505':
      return detail === '' ? t('alreadyThere') : `${t('alreadyThere')} ${detail}`;
    case '23503':
      return `${t('pointsNowhere')} ${detail}`;
    case '42501':
      return `${t('databaseForbids')} ${message}`;
    default:
      return [message, detail, hint].filter((part) => part !== '').join('. ');
  }
}

function fieldsOf({ constraints }: TableShape, write: RowWrite, { column, constraint }: Fault): readonly string[] {
  if (column !== '') return [column];
  const given = write.kind === 'delete' ? [] : Object.keys(write.set);
  const named = constraints.find(({ name }) => name === constraint)?.columns ?? [];
  const both = given.filter((name) => named.includes(name));
  if (both.length > 0) return both;
  return given.length === 1 ? given : [];
}
