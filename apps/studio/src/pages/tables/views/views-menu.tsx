import { Button, Checkbox, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type TableView, tableViews } from '../../../api/table-views.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { useProject } from '../../../parts/use-project.ts';
import { commonTexts } from '../../../texts/common.ts';
import { useText } from '../../../texts/use-text.ts';
import type { TableShape } from '../rows/table-shape.ts';
import type { Look } from './use-look.ts';
import { viewsTexts } from './views-texts.ts';

export interface ViewsMenuProps {
  readonly shape: TableShape;
  readonly look: Look;
  /** Whether the person may share views and change shared ones. */
  readonly mayShare: boolean;
}

/** The kept ways to look at a table: to open, to keep, to share. */
export function ViewsMenu({ shape, look, mayShare }: ViewsMenuProps): ReactNode {
  const t = useText(viewsTexts);
  const { ref } = useProject();
  const [isNaming, setNaming] = useState(false);
  const { current, views, definition } = look;
  const mayChange = current !== null && (mayShare || (current.own && !current.shared));
  const change = useMutation({
    mutationFn: async (run: () => Promise<unknown>) => run(),
    onSuccess: () => look.reread(),
    onError: (error) => showToast({ text: error.message, tone: 'bad' }),
  });
  const changeTo = (to: Parameters<typeof tableViews.change>[2]): void => {
    if (current !== null) change.mutate(() => tableViews.change(ref, current, to));
  };
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant={current === null ? 'default' : 'light'}
            leftSection={<Icon name="eye" />}
            rightSection={<Icon name="chevron-down" />}
          >
            <bdi>{current?.name ?? t('views')}</bdi>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="table" />} onClick={() => look.open(null)}>
            {t('plain')}
          </Menu.Item>
          <Views title={t('shared')} views={views.filter(({ shared }) => shared)} look={look} />
          <Views title={t('private')} views={views.filter(({ shared }) => !shared)} look={look} />
          <Menu.Divider />
          {mayChange && (
            <>
              <Menu.Item leftSection={<Icon name="check" />} onClick={() => changeTo({ definition })}>
                {t('save')}
              </Menu.Item>
              {mayShare && (
                <Menu.Item leftSection={<Icon name="users" />} onClick={() => changeTo({ shared: !current.shared })}>
                  {current.shared ? t('makePrivate') : t('share')}
                </Menu.Item>
              )}
              {mayShare && current.shared && (
                <Menu.Item leftSection={<Icon name="star" />} onClick={() => changeTo({ default: !current.default })}>
                  {current.default ? t('noDefault') : t('makeDefault')}
                </Menu.Item>
              )}
              <Menu.Item
                color="red"
                leftSection={<Icon name="trash" />}
                onClick={() => {
                  change.mutate(async () => {
                    await tableViews.remove(ref, current);
                    showToast({
                      text: t('removed', { name: current.name }),
                      action: {
                        label: t('undo'),
                        run: () => change.mutate(() => tableViews.add(ref, again(shape, current))),
                      },
                    });
                  });
                  look.open(null);
                }}
              >
                {t('remove')}
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<Icon name="plus" />} onClick={() => setNaming(true)}>
            {t('saveAs')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isNaming && <NameView shape={shape} look={look} mayShare={mayShare} onClose={() => setNaming(false)} />}
    </>
  );
}

function again(
  { schema, name: table }: TableShape,
  { name, shared, definition }: TableView,
): Parameters<typeof tableViews.add>[1] {
  return { schema, table, name, shared, definition };
}

interface ViewsProps {
  readonly title: string;
  readonly views: readonly TableView[];
  readonly look: Look;
}

function Views({ title, views, look }: ViewsProps): ReactNode {
  const t = useText(viewsTexts);
  if (views.length === 0) return null;
  return (
    <>
      <Menu.Label>{title}</Menu.Label>
      {views.map((view) => (
        <Menu.Item
          key={view.id}
          leftSection={<Icon name={view.default ? 'star' : 'eye'} />}
          rightSection={view.id === look.current?.id ? <Icon name="check" /> : null}
          onClick={() => look.open(view)}
        >
          <bdi>{view.name}</bdi>
          {view.default && ` · ${t('default')}`}
        </Menu.Item>
      ))}
    </>
  );
}

function NameView({ shape, look, mayShare, onClose }: ViewsMenuProps & { readonly onClose: () => void }): ReactNode {
  const t = useText(viewsTexts);
  const c = useText(commonTexts);
  const { ref } = useProject();
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(false);
  const add = useMutation({
    mutationFn: () => {
      const { schema, name: table } = shape;
      return tableViews.add(ref, { schema, table, name: name.trim(), shared: isShared, definition: look.definition });
    },
    async onSuccess(view) {
      await look.reread();
      look.open(view);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('saveAs')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') add.mutate();
        }}
      >
        <Stack gap="sm">
          <FormError error={add.error} />
          <TextInput
            label={c('name')}
            data-autofocus
            required
            maxLength={200}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          {mayShare && (
            <Checkbox
              label={t('shareIt')}
              checked={isShared}
              onChange={({ currentTarget: { checked } }) => setShared(checked)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t('keep')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
