import type { CellValue, FieldType } from './field-type.ts';

/** A row of another table that a foreign key may point to. */
export interface Candidate {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
}

/** What a foreign key needs beyond its column's own type. */
export interface Reference {
  /** Looks for rows by what a person typed; the signal ends a search that nobody waits for any more. */
  readonly search: (text: string, signal: AbortSignal) => Promise<readonly Candidate[]>;
  /** Opens the record behind the value. */
  readonly open?: (value: NonNullable<CellValue>) => void;
}

/** The column's own type, chosen by searching in the table it points to. */
export function foreignKeyType(type: FieldType): FieldType {
  return { ...type, editor: 'search', align: 'start', direction: 'auto' };
}
