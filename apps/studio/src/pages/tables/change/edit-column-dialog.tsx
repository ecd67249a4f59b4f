import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/structure.ts';
import type { ColumnInfo, Structure } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { tablesTexts } from '../tables-texts.ts';
import { ChangeForm } from './change-form.tsx';
import { type ColumnDraft, isName, newColumn } from './column-draft.ts';
import { ColumnFields, typesOf } from './column-fields.tsx';

export interface EditColumnDialogProps {
  readonly structure: Structure;
  readonly shape: TableShape;
  readonly name: string;
  readonly onClose: () => void;
}

export function EditColumnDialog({ structure, shape, name, onClose }: EditColumnDialogProps): ReactNode {
  const t = useText(tablesTexts);
  const before = shape.columns.find((column) => column.name === name);
  const [column, setColumn] = useState(() => draftOf(before, before?.isKey === true));
  if (before === undefined) return null;
  const isTaken = shape.columns.some((one) => one.name === column.name.trim() && one.name !== name);
  return (
    <ChangeForm
      title={t('editColumn')}
      verb={t('saveChanges')}
      operations={isName(column.name) && !isTaken ? changesOf(shape, before, column) : []}
      onClose={onClose}
      onDone={onClose}
    >
      <ColumnFields
        column={column}
        onChange={setColumn}
        types={typesOf(structure)}
        targets={[]}
        fault={isTaken ? t('nameTaken') : null}
        isLabelled
        isThere
      />
    </ChangeForm>
  );
}

function draftOf(column: ColumnInfo | undefined, isKey: boolean): ColumnDraft {
  if (column === undefined) return newColumn();
  const { name, type, nullable, identity, default: value } = column;
  return newColumn({ name, type, nullable, isKey, isNumbered: identity !== null, default: value ?? '' });
}

/** Renaming comes last: all others speak of the column by the name it has. */
function changesOf({ schema, name: table }: TableShape, before: ColumnInfo, after: ColumnDraft): readonly Operation[] {
  const place = { schema, table, column: before.name };
  const value = after.default.trim();
  const type = after.type.trim();
  const to = after.name.trim();
  const changes: Operation[] = [];
  if (type !== before.type && type !== '') changes.push({ operation: 'set-column-type', input: { ...place, type } });
  if (!after.isNumbered && !before.generated && value !== (before.default ?? '')) {
    changes.push({ operation: 'set-column-default', input: { ...place, default: value === '' ? null : value } });
  }
  if (!after.isKey && after.nullable !== before.nullable) {
    changes.push({ operation: 'set-column-nullable', input: { ...place, nullable: after.nullable } });
  }
  if (to !== before.name) changes.push({ operation: 'rename-column', input: { ...place, to } });
  return changes;
}
