import { Button } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiKey, control, isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { NotAllowed } from '../../app/failure.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { ShownOnceDialog } from '../../parts/shown-once-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { KeyTable } from './key-table.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { projectKeysTexts } from './project-keys-texts.ts';
import styles from './project-keys-page.module.css';

type Asked =
  | { readonly what: 'create' }
  | { readonly what: 'rotate' | 'revoke'; readonly key: ApiKey }
  | { readonly what: 'show'; readonly key: string };

/** The keys of a project: who made programs known, and what they were last used for. */
export function ProjectKeysPage(): ReactNode {
  const t = useText(projectKeysTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const [asked, ask] = useState<Asked | null>(null);
  const mayRead = isAtLeast(role, 'developer');
  const mayChange = isAtLeast(role, 'admin');
  const keys = useQuery({ ...queries.keys(ref), enabled: mayRead });
  if (!mayRead) return <NotAllowed least="developer" />;

  const changed = (): Promise<void> => client.invalidateQueries(queries.keys(ref));
  const close = (): void => ask(null);
  async function rotate({ id }: ApiKey): Promise<void> {
    const { key } = await control.rotateKey(ref, id);
    void changed();
    ask({ what: 'show', key });
  }
  async function revoke({ id, name }: ApiKey): Promise<void> {
    await control.revokeKey(ref, id);
    close();
    showToast({ text: t('revokedToast', { name }), tone: 'good' });
    void changed();
  }
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <p className={styles['lead']}>{t('lead')}</p>
          {mayChange && (
            <Button data-end leftSection={<Icon name="plus" />} onClick={() => ask({ what: 'create' })}>
              {t('newKey')}
            </Button>
          )}
        </>
      }
    >
      <WhileLoading query={keys}>
        {(found) => (
          <KeyTable
            keys={found}
            mayChange={mayChange}
            onRotate={(key) => ask({ what: 'rotate', key })}
            onRevoke={(key) => ask({ what: 'revoke', key })}
          />
        )}
      </WhileLoading>
      {asked?.what === 'create' && (
        <NewKeyDialog
          projectRef={ref}
          onClose={close}
          onMade={(key) => {
            void changed();
            ask({ what: 'show', key });
          }}
        />
      )}
      {asked?.what === 'show' && (
        <ShownOnceDialog
          title={t('madeTitle')}
          hint={t('madeHint')}
          label={t('key')}
          value={asked.key}
          onClose={close}
        />
      )}
      {asked?.what === 'rotate' && (
        <ConfirmDialog
          title={t('rotateTitle', { name: asked.key.name })}
          verb={t('rotate')}
          run={() => rotate(asked.key)}
          onClose={close}
        >
          {t('rotateText')}
        </ConfirmDialog>
      )}
      {asked?.what === 'revoke' && (
        <ConfirmDialog
          title={t('revokeTitle', { name: asked.key.name })}
          verb={t('revoke')}
          run={() => revoke(asked.key)}
          onClose={close}
        >
          {t('revokeText')}
        </ConfirmDialog>
      )}
    </Page>
  );
}
