import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Structure } from '../../../api/structure-types.ts';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { tablesTexts } from '../tables-texts.ts';
import { ChangeForm } from './change-form.tsx';
import { isName } from './column-draft.ts';

export interface RenameTableDialogProps {
  readonly structure: Structure;
  readonly shape: TableShape;
  readonly onClose: () => void;
}

export function RenameTableDialog({ structure, shape, onClose }: RenameTableDialogProps): ReactNode {
  const t = useText(tablesTexts);
  const { ref } = useProject();
  const navigate = useNavigate();
  const { schema, name: table } = shape;
  const [name, setName] = useState(table);
  const to = name.trim();
  const isTaken = to !== table && structure.tables.some((one) => one.schema === schema && one.name === to);
  const isGood = isName(to) && !isTaken && to !== table;
  return (
    <ChangeForm
      title={t('renameTable')}
      verb={t('renameTable')}
      operations={isGood ? [{ operation: 'rename-table', input: { schema, table, to } }] : []}
      onClose={onClose}
      onDone={() => navigate({ to: '/projects/$ref/tables/$schema/$table', params: { ref, schema, table: to } })}
    >
      <TextInput
        label={t('newName')}
        dir="ltr"
        autoComplete="off"
        data-autofocus
        error={isTaken ? t('nameTaken') : null}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
    </ChangeForm>
  );
}
