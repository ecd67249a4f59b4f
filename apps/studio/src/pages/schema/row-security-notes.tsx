import { Button } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import type { Structure, TableInfo } from '../../api/structure-types.ts';
import { useText } from '../../texts/use-text.ts';
import { ConfirmChange } from '../tables/change/confirm-change.tsx';
import { labelOf, ownTables } from './dialogs/fields.tsx';
import { schemaTexts } from './schema-texts.ts';
import styles from './schema-page.module.css';

/** Tables whose policies count for nothing, since row-level security is off. */
export function RowSecurityNotes({
  structure,
  mayChange,
}: {
  readonly structure: Structure;
  readonly mayChange: boolean;
}): ReactNode {
  const t = useText(schemaTexts);
  const [chosen, choose] = useState<TableInfo | null>(null);
  const idle = ownTables(structure).filter(
    ({ schema, name, rowSecurity }) =>
      !rowSecurity && structure.policies.some((policy) => policy.schema === schema && policy.table === name),
  );
  return (
    <>
      {idle.map((table) => (
        <div key={labelOf(table)} className={styles['warning']} role="note">
          <Icon name="alert-triangle" />
          {t('rowSecurityOff', { table: labelOf(table) })}
          {mayChange && (
            <Button variant="subtle" onClick={() => choose(table)}>
              {t('turnOn')}
            </Button>
          )}
        </div>
      ))}
      {chosen !== null && (
        <ConfirmChange
          title={t('turnOn')}
          operation={{
            operation: 'set-row-security',
            input: { schema: chosen.schema, table: chosen.name, enabled: true },
          }}
          onClose={() => choose(null)}
          onDone={() => choose(null)}
        >
          <bdi>{labelOf(chosen)}</bdi>
        </ConfirmChange>
      )}
    </>
  );
}
