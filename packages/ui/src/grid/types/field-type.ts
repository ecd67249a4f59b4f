/**
 * What a cell holds: PostgreSQL's own text of a value, so that nothing is lost to JavaScript's numbers and dates.
 * `null` is SQL's NULL, which is not the empty text.
 */
export type CellValue = string | null;

/** Why a text is no value of a type; the messages have a sentence for each. */
export type Refusal =
  | 'notBoolean'
  | 'notInteger'
  | 'outOfRange'
  | 'notNumber'
  | 'notDate'
  | 'notTime'
  | 'notTimestamp'
  | 'notInterval'
  | 'notUuid'
  | 'notJson'
  | 'notArray'
  | 'notChoice'
  | 'notRange'
  | 'notBytes'
  | 'notAddress'
  | 'notShape'
  | 'required'
  | 'tooLong';

/** A text read as a value, or the reason it is none. */
export type Parsed =
  | { readonly ok: true; readonly value: CellValue }
  | { readonly ok: false; readonly reason: Refusal };

/** How a value is edited: one line, several lines, checked JSON, one of a few, or one found by searching. */
export type EditorKind = 'line' | 'lines' | 'json' | 'choice' | 'search';

/** Comparisons in PostgREST's words. */
export type Operator =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'like'
  | 'ilike'
  | 'in'
  | 'is'
  | 'cs'
  | 'cd'
  | 'ov'
  | 'sl'
  | 'sr'
  | 'adj';

/** One type of PostgreSQL as the grid sees it. */
export interface FieldType {
  readonly name: string;
  readonly editor: EditorKind;
  readonly align: 'start' | 'center' | 'end';
  /** Codes, numbers and dates keep their order between right-to-left texts. */
  readonly direction: 'ltr' | 'auto';
  readonly isSortable: boolean;
  readonly operators: readonly Operator[];
  /** What an editor of kind `choice` offers. */
  readonly choices?: readonly string[];
  /** Reads what a person typed or pasted; never gets the empty text, except for types that hold texts. */
  readonly parse: (text: string, locale: string) => Parsed;
  /** What a cell shows. Never the source of a copy: that is the value itself. */
  readonly format: (value: string, locale: string) => string;
  /** What the fill handle continues: the value `steps` after `value`, where `by` was the distance of two. */
  readonly step?: (value: string, by: string, steps: number) => string | undefined;
  /** The distance of two values, for `step`. */
  readonly distance?: (from: string, to: string) => string | undefined;
}

export const EQUALITY: readonly Operator[] = ['eq', 'neq', 'in', 'is'];
export const ORDER: readonly Operator[] = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'is'];

export const accept = (value: CellValue): Parsed => ({ ok: true, value });
export const refuse = (reason: Refusal): Parsed => ({ ok: false, reason });
/** Values that are shown as they are stored. */
export const asStored = (value: string): string => value;
