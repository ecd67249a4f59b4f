import { Button, Checkbox, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { type SavedQuery, savedQueries } from '../../api/saved-queries.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import styles from './sql-page.module.css';
import { sqlTexts } from './sql-texts.ts';

export interface SavedMenuProps {
  /** What stands in the editor. */
  readonly text: () => string;
  /** The saved query that was opened. */
  readonly opened: SavedQuery | null;
  readonly onOpen: (query: SavedQuery | null) => void;
}

/** Queries kept on the server: one's own, and those shared with everybody in the project. */
export function SavedMenu({ text, opened, onOpen }: SavedMenuProps): ReactNode {
  const t = useText(sqlTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const { data: saved = [] } = useQuery(queries.savedQueries(ref));
  const [naming, setNaming] = useState<string | null>(null);
  const [removing, setRemoving] = useState<SavedQuery | null>(null);
  const read = (): Promise<void> => client.invalidateQueries(queries.savedQueries(ref));
  const isMine = opened !== null && (opened.own || isAtLeast(role, 'admin'));
  const again = useMutation({
    mutationFn: ({ id, name, shared, version }: SavedQuery) =>
      savedQueries.change(ref, id, { name, shared, version, sql: text() }),
    async onSuccess(query) {
      onOpen(query);
      showToast({ text: t('saved', { name: query.name }), tone: 'good' });
      await read();
    },
    async onError(error) {
      showToast({ text: error.message, tone: 'bad' });
      await read();
    },
  });
  const groups = [
    { title: t('mine'), list: saved.filter(({ shared }) => !shared) },
    { title: t('shared'), list: saved.filter(({ shared }) => shared) },
  ].filter(({ list }) => list.length > 0);
  return (
    <>
      <Menu position="bottom-end" width={340}>
        <Menu.Target>
          <Button
            variant="default"
            aria-label={t('savedQueries')}
            leftSection={<Icon name="star" />}
            classNames={{ label: styles['word'] ?? '', section: styles['sign'] ?? '' }}
          >
            {t('savedQueries')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={styles['history'] ?? ''}>
          {isMine && (
            <Menu.Item leftSection={<Icon name="check" />} onClick={() => again.mutate(opened)}>
              {t('saveAgain', { name: opened.name })}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="plus" />} onClick={() => setNaming(text())}>
            {t('saveAs')}
          </Menu.Item>
          {isMine && (
            <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setRemoving(opened)}>
              {t('removeSaved', { name: opened.name })}
            </Menu.Item>
          )}
          {groups.length === 0 && <Menu.Label>{t('savedNone')}</Menu.Label>}
          {groups.map(({ title, list }) => (
            <Fragment key={title}>
              <Menu.Label>{title}</Menu.Label>
              {list.map((query) => (
                <Menu.Item key={query.id} onClick={() => onOpen(query)}>
                  <bdi>{query.name}</bdi>
                  {!query.own && <span className={styles['when']}>{query.owner}</span>}
                </Menu.Item>
              ))}
            </Fragment>
          ))}
        </Menu.Dropdown>
      </Menu>
      {naming !== null && (
        <SaveDialog
          sql={naming}
          mayShare={isAtLeast(role, 'developer')}
          onClose={() => setNaming(null)}
          onSaved={async (query) => {
            setNaming(null);
            onOpen(query);
            await read();
          }}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={t('removeSaved', { name: removing.name })}
          verb={t('remove')}
          onClose={() => setRemoving(null)}
          run={async () => {
            await savedQueries.remove(ref, removing.id);
            setRemoving(null);
            onOpen(null);
            await read();
          }}
        >
          {t(removing.shared ? 'removeShared' : 'removeOwn')}
        </ConfirmDialog>
      )}
    </>
  );
}

interface SaveDialogProps {
  readonly sql: string;
  readonly mayShare: boolean;
  readonly onClose: () => void;
  readonly onSaved: (query: SavedQuery) => Promise<void>;
}

function SaveDialog({ sql, mayShare, onClose, onSaved }: SaveDialogProps): ReactNode {
  const t = useText(sqlTexts);
  const c = useText(commonTexts);
  const { ref } = useProject();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => savedQueries.add(ref, { name: name.trim(), sql, shared }),
    onSuccess: onSaved,
  });
  const isGood = name.trim() !== '' && sql.trim() !== '';
  return (
    <Modal opened onClose={onClose} title={t('saveAs')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood) save.mutate();
        }}
      >
        <Stack gap="sm">
          <FormError error={save.error} />
          <TextInput
            label={c('name')}
            data-autofocus
            dir="auto"
            maxLength={200}
            autoComplete="off"
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          {sql.trim() === '' && (
            <Text size="sm" c="dimmed">
              {t('nothingToSave')}
            </Text>
          )}
          <Checkbox
            label={t('shareWith')}
            description={t(mayShare ? 'shareHint' : 'shareNotAllowed')}
            disabled={!mayShare}
            checked={shared}
            onChange={({ currentTarget: { checked } }) => setShared(checked)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={!isGood} loading={save.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
