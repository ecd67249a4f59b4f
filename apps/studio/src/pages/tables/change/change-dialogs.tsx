import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Structure } from '../../../api/structure-types.ts';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { tablesTexts } from '../tables-texts.ts';
import { AddColumnDialog } from './add-column-dialog.tsx';
import { ConfirmChange } from './confirm-change.tsx';
import { EditColumnDialog } from './edit-column-dialog.tsx';
import { viewsTexts } from '../views/views-texts.ts';
import { AddKeyDialog } from './add-key-dialog.tsx';
import { RenameTableDialog } from './rename-table-dialog.tsx';

/** A change of the table somebody asked for. */
export type WantedChange =
  | {
      readonly kind: 'add-column' | 'add-key' | 'live-on' | 'live-off' | 'rename-table' | 'drop-table' | 'row-security';
    }
  | { readonly kind: 'edit-column' | 'drop-column'; readonly column: string };

export interface ChangeDialogsProps {
  readonly structure: Structure;
  readonly shape: TableShape;
  readonly wanted: WantedChange;
  readonly onClose: () => void;
}

export function ChangeDialogs({ structure, shape, wanted, onClose }: ChangeDialogsProps): ReactNode {
  const t = useText(tablesTexts);
  const v = useText(viewsTexts);
  const { ref } = useProject();
  const navigate = useNavigate();
  const { schema, name: table, info } = shape;
  const place = { schema, table };
  switch (wanted.kind) {
    case 'add-column':
      return <AddColumnDialog structure={structure} shape={shape} onClose={onClose} />;
    case 'edit-column':
      return <EditColumnDialog structure={structure} shape={shape} name={wanted.column} onClose={onClose} />;
    case 'rename-table':
      return <RenameTableDialog structure={structure} shape={shape} onClose={onClose} />;
    case 'add-key':
      return <AddKeyDialog shape={shape} onClose={onClose} />;
    case 'live-on':
    case 'live-off':
      return (
        <ConfirmChange
          title={v(wanted.kind === 'live-on' ? 'liveOn' : 'liveOff')}
          operation={{ operation: wanted.kind === 'live-on' ? 'publish-table' : 'unpublish-table', input: place }}
          onClose={onClose}
          onDone={onClose}
        >
          {v(wanted.kind === 'live-on' ? 'liveOnText' : 'liveOffText')}
        </ConfirmChange>
      );
    case 'row-security':
      return (
        <ConfirmChange
          title={t(info.rowSecurity ? 'rlsOff' : 'rlsOn')}
          operation={{ operation: 'set-row-security', input: { ...place, enabled: !info.rowSecurity } }}
          isRed={info.rowSecurity}
          onClose={onClose}
          onDone={onClose}
        >
          {t(info.rowSecurity ? 'rlsIsOff' : 'rlsIsOn')}
        </ConfirmChange>
      );
    case 'drop-column':
      return (
        <ConfirmChange
          title={t('dropColumn')}
          operation={{ operation: 'drop-column', input: { ...place, column: wanted.column } }}
          typed={wanted.column}
          isRed
          onClose={onClose}
          onDone={onClose}
        >
          {t('dropColumnText', { name: wanted.column })}
        </ConfirmChange>
      );
    case 'drop-table':
      return (
        <ConfirmChange
          title={t('dropTable')}
          operation={{ operation: 'drop-table', input: place }}
          typed={table}
          isRed
          onClose={onClose}
          onDone={() => navigate({ to: '/projects/$ref/tables', params: { ref } })}
        >
          {t('dropTableText', { name: table })}
        </ConfirmChange>
      );
  }
}
