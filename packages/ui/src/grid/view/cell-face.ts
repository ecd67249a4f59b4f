import type { Field } from '../columns/field.ts';
import type { CellMark } from '../model/cell-marks.ts';
import type { GridModel } from '../model/grid-model.ts';
import type { GridRow } from '../rows/grid-row.ts';
import { inRange, isSelected, mainRange } from '../selection/selection.ts';

/** Everything a cell shows: what is equal needs no drawing. */
export interface CellFace {
  readonly text: string;
  readonly className: string;
  readonly hint: string;
  readonly isActive: boolean;
  readonly isSelected: boolean;
}

/** A cell shows one line; more of a long text would only cost. */
const SHOWN_LENGTH = 300;

/** What the cell at a place looks like. */
export function faceOf(model: GridModel, index: number, column: number): CellFace {
  const field = model.fields[column];
  const row = model.rows.at(index);
  const { selection } = model;
  const isActive = selection.active.row === index && selection.active.column === column;
  const isChosen = isSelected(selection, index, column);
  const base = `g-cell${isChosen ? rangeClass(model, index, column) : ''}${isActive ? ' g-active' : ''}`;
  if (field === undefined) return { text: '', className: base, hint: '', isActive, isSelected: isChosen };
  if (row === undefined) return { text: '', className: `${base} g-waiting`, hint: '', isActive, isSelected: isChosen };
  if (row.group !== undefined) return { text: '', className: base, hint: '', isActive, isSelected: isChosen };
  const mark = model.marks.get(row.key, field.id);
  const { text, isNull } = textOf(model, row, field, mark);
  const className = `${base}${typeClass(field)}${directionClass(field, text)}${isNull ? ' g-null' : ''}${markClass(mark)}${toneClass(model, row, field)}`;
  return { text, className, hint: hintOf(model, mark), isActive, isSelected: isChosen };
}

function textOf(
  model: GridModel,
  row: GridRow,
  field: Field,
  mark: CellMark | undefined,
): { readonly text: string; readonly isNull: boolean } {
  const { locale, messages } = model.options;
  if (mark?.kind === 'invalid') return { text: mark.text.slice(0, SHOWN_LENGTH), isNull: false };
  const value = model.valueOf(row, field);
  if (value === null) {
    // A record that is still being typed has no values yet, which is not the same as NULL.
    const isUntyped = row.values[field.id] === undefined && mark === undefined;
    return { text: isUntyped ? '' : messages.null, isNull: true };
  }
  const label = mark === undefined || mark.kind === 'changed' ? row.labels?.[field.id] : undefined;
  const text = label ?? field.type.format(value.slice(0, SHOWN_LENGTH * 2), locale);
  const line = text.includes('\n') ? text.replaceAll(/\s*\n\s*/g, ' ⏎ ') : text;
  return { text: line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line, isNull: false };
}

function rangeClass(model: GridModel, row: number, column: number): string {
  const range = mainRange(model.selection);
  if (!inRange(range, row, column)) return ' g-in';
  // A single cell is marked by being active; the tint is for ranges.
  if (range.top === range.bottom && range.start === range.end) return '';
  const edges = [
    row === range.top && ' g-top',
    row === range.bottom && ' g-bottom',
    column === range.start && ' g-start',
    column === range.end && ' g-end',
  ];
  return ` g-in${edges.filter((edge) => edge !== false).join('')}`;
}

/** The first letter that has a direction decides; a text of digits alone reads like a number. */
const FIRST_STRONG = /[\p{L}]/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

function directionClass({ type }: Field, text: string): string {
  if (type.direction === 'ltr') return ' g-ltr';
  const letter = FIRST_STRONG.exec(text)?.[0];
  if (letter === undefined) return '';
  return RIGHT_TO_LEFT.test(letter) ? ' g-rtl' : ' g-ltr';
}

const typeClasses = new WeakMap<Field, string>();

function typeClass(field: Field): string {
  let known = typeClasses.get(field);
  if (known === undefined) {
    const { align, name } = field.type;
    const isCode = ['uuid', 'json', 'jsonb', 'bytea'].includes(name);
    known = `${align === 'start' ? '' : ` g-${align}-aligned`}${isCode ? ' g-code' : ''}`;
    if (field.reference !== undefined) known += ' g-link';
    if (field.isReadonly === true) known += ' g-readonly';
    typeClasses.set(field, known);
  }
  return known;
}

function markClass(mark: CellMark | undefined): string {
  return mark === undefined ? '' : ` g-${mark.kind}`;
}

function toneClass(model: GridModel, row: GridRow, field: Field): string {
  const tone = model.options.toneOf?.(row, field);
  return tone === undefined ? '' : ` g-tone-${tone}`;
}

function hintOf(model: GridModel, mark: CellMark | undefined): string {
  if (mark?.kind === 'invalid') return mark.reason;
  if (mark?.kind === 'conflict') return model.options.messages.conflict;
  return mark?.kind === 'saving' ? model.options.messages.saving : '';
}
