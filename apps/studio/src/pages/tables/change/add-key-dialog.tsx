import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../../../texts/use-text.ts';
import { ident, qualified } from '../rows/quote.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { viewsTexts } from '../views/views-texts.ts';
import { ChangeForm } from './change-form.tsx';

const MAX_TABLE_BYTES = 58;

/** Numbers the rows of a table that has nothing to tell them apart by. */
export function AddKeyDialog({
  shape,
  onClose,
}: {
  readonly shape: TableShape;
  readonly onClose: () => void;
}): ReactNode {
  const v = useText(viewsTexts);
  const { schema, name: table } = shape;
  const taken = new Set(shape.columns.map(({ name }) => name));
  const name = ['id', 'row_id', 'key_id'].find((one) => !taken.has(one)) ?? `id_${taken.size}`;
  // Said here, because the key cannot be looked at before its column is there; PostgreSQL cuts longer names.
  const key = new TextEncoder().encode(table).length <= MAX_TABLE_BYTES ? `${table}_pkey` : 'row_pkey';
  const column = { name, type: 'bigint', nullable: false, identity: 'by default' };
  return (
    <ChangeForm
      title={v('addKey')}
      verb={v('addKey')}
      operations={[
        { operation: 'add-column', input: { schema, table, column } },
        { operation: 'add-primary-key', input: { schema, table, columns: [name], name: key } },
      ]}
      previewed={1}
      following={[`alter table ${qualified(shape)} add constraint ${ident(key)} primary key (${ident(name)})`]}
      onClose={onClose}
      onDone={onClose}
    >
      <Text size="sm">{v('addKeyText')}</Text>
    </ChangeForm>
  );
}
