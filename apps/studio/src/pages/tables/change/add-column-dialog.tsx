import { type ReactNode, useState } from 'react';
import type { Structure } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { tablesTexts } from '../tables-texts.ts';
import { ownSchemas } from '../use-structure.ts';
import { ChangeForm } from './change-form.tsx';
import { columnInput, foreignKeyOf, isName, newColumn, targetsOf } from './column-draft.ts';
import { ColumnFields, typesOf } from './column-fields.tsx';

export interface AddColumnDialogProps {
  readonly structure: Structure;
  readonly shape: TableShape;
  readonly onClose: () => void;
}

export function AddColumnDialog({ structure, shape, onClose }: AddColumnDialogProps): ReactNode {
  const t = useText(tablesTexts);
  const [column, setColumn] = useState(newColumn);
  const targets = targetsOf(structure, ownSchemas(structure));
  const place = { schema: shape.schema, table: shape.name };
  const isTaken = shape.columns.some(({ name }) => name === column.name.trim());
  const foreignKey = foreignKeyOf(place, column, targets);
  const isGood = isName(column.name) && !isTaken && column.type.trim() !== '';
  const add = { operation: 'add-column', input: { ...place, column: columnInput(column) } };
  return (
    <ChangeForm
      title={t('addColumn')}
      verb={t('addColumn')}
      operations={isGood ? [add, ...(foreignKey === null ? [] : [foreignKey])] : []}
      previewed={1}
      onClose={onClose}
      onDone={onClose}
    >
      <ColumnFields
        column={column}
        onChange={setColumn}
        types={typesOf(structure)}
        targets={targets}
        fault={isTaken ? t('nameTaken') : null}
        isLabelled
        mayBeKey={false}
      />
    </ChangeForm>
  );
}
