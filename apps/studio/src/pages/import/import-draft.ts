import type { ExaminedFile, LoadOrder } from '../../api/sheets.ts';
import type { Structure, TableInfo } from '../../api/structure-types.ts';

/** What is to become of one column of the file. */
export interface ColumnChoice {
  /** The column of the table; null for one that is left out. */
  readonly column: string | null;
  /** Of a new column. */
  readonly type: string;
}

/** Where a file goes, as somebody is choosing it. */
export interface ImportDraft {
  /** `schema.table` of one that is there; null for a new one. */
  readonly target: string | null;
  readonly name: string;
  readonly choices: readonly ColumnChoice[];
  /** A column of the file that tells rows of a new table apart; null for one the database counts. */
  readonly key: number | null;
  readonly repeated: LoadOrder['repeated'];
  readonly skipFaulty: boolean;
  readonly dates: 'dmy' | 'mdy';
}

const MAX_NAME_LENGTH = 60;
const KEY_TYPES = ['integer', 'bigint', 'uuid', 'text'];

/** `Total (USD)` as a name nobody has to quote; other alphabets keep their letters. */
export function columnName(heading: string): string {
  const name = heading
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MAX_NAME_LENGTH);
  return name === '' ? 'column' : /^\d/.test(name) ? `n${name}` : name;
}

/** What a file's name suggests for a table, and not the name of one that is there. */
function tableName(fileName: string, structure: Structure): string {
  const base = columnName(fileName.replace(/\.[^.]*$/, ''));
  let free = base;
  for (let next = 2; structure.tables.some(({ schema, name }) => schema === 'public' && name === free); next += 1) {
    free = `${base}_${next}`;
  }
  return free;
}

/** A new table of the file's name, with all its columns; or what fits of a table that is there. */
export function draftFor(
  file: ExaminedFile,
  fileName: string,
  structure: Structure,
  target: string | null,
): ImportDraft {
  const table = tableOf(structure, target);
  const order = file.columns.find(({ dates }) => dates === 'dmy' || dates === 'mdy')?.dates;
  const choices = table === undefined ? newColumns(file) : matched(file, table);
  const unique = file.columns.findIndex(
    ({ is_unique: isUnique, has_empty: hasEmpty, type, name }) =>
      isUnique &&
      !hasEmpty &&
      KEY_TYPES.includes(type) &&
      /(^|_)(id|key|code|sku|uuid|no|number)$/i.test(columnName(name)),
  );
  return {
    target,
    name: tableName(fileName, structure),
    choices,
    key: unique === -1 ? null : unique,
    repeated: 'refuse',
    skipFaulty: false,
    dates: order === 'mdy' ? 'mdy' : 'dmy',
  };
}

function newColumns({ columns }: ExaminedFile): readonly ColumnChoice[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    const base = columnName(name);
    let free = base;
    for (let next = 2; taken.has(free); next += 1) free = `${base}_${next}`;
    taken.add(free);
    return { column: free, type };
  });
}

/** Columns of the same name, however it is written. */
function matched({ columns }: ExaminedFile, table: TableInfo): readonly ColumnChoice[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    const found =
      fillable(table).find((column) => !taken.has(column) && columnName(column) === columnName(name)) ?? null;
    if (found !== null) taken.add(found);
    return { column: found, type };
  });
}

export function tableOf({ tables }: Structure, target: string | null): TableInfo | undefined {
  return tables.find(({ schema, name }) => `${schema}.${name}` === target);
}

/** Columns the database does not fill in by itself alone. */
export function fillable({ columns }: TableInfo): readonly string[] {
  return columns.filter(({ generated, identity }) => !generated && identity !== 'always').map(({ name }) => name);
}

const isName = (name: string): boolean => name.trim() !== '' && new TextEncoder().encode(name).length <= 63;

export type DraftFault = 'nameWrong' | 'nameTaken' | 'columnTwice' | 'nothingChosen' | 'keyLeftOut';

/** What keeps the draft from being tried; null when nothing does. */
export function faultOf(draft: ImportDraft, structure: Structure): DraftFault | null {
  const chosen = draft.choices.flatMap(({ column }) => column ?? []);
  if (chosen.length === 0) return 'nothingChosen';
  if (new Set(chosen).size < chosen.length) return 'columnTwice';
  if (draft.target !== null) return null;
  if (!isName(draft.name) || !chosen.every(isName)) return 'nameWrong';
  if (structure.tables.some(({ schema, name }) => schema === 'public' && name === draft.name.trim()))
    return 'nameTaken';
  return draft.key !== null && draft.choices[draft.key]?.column === null ? 'keyLeftOut' : null;
}

/** The draft as the API takes it. */
export function orderOf(draft: ImportDraft, structure: Structure, isDryRun: boolean): LoadOrder {
  const table = tableOf(structure, draft.target);
  const mapping = draft.choices.flatMap(({ column }, source) => (column === null ? [] : [{ source, column }]));
  return {
    schema: table?.schema ?? 'public',
    table: table?.name ?? draft.name.trim(),
    create: table === undefined ? newTable(draft) : null,
    mapping,
    repeated: draft.repeated,
    skip_faulty: draft.skipFaulty,
    dry_run: isDryRun,
    dates: draft.dates,
  };
}

function newTable({ choices, key }: ImportDraft): Readonly<Record<string, unknown>> {
  const keyColumn = key === null ? null : (choices[key]?.column ?? null);
  const columns = choices.flatMap(({ column, type }) =>
    column === null ? [] : [{ name: column, type, nullable: column !== keyColumn }],
  );
  if (keyColumn !== null) return { columns, primaryKey: [keyColumn] };
  // A file with an `id` that is no key keeps it, beside the one the database counts.
  const own = columns.some(({ name }) => name === 'id') ? 'row_id' : 'id';
  const counted = { name: own, type: 'bigint', nullable: false, identity: 'by default' };
  return { columns: [counted, ...columns], primaryKey: [own] };
}
