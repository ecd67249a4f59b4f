import { ActionIcon, Badge, Button, Menu, Table } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { type OrganisationRole, projectOrganisations } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { nameIn } from './name-in.ts';
import { RoleDialog } from './role-dialog.tsx';
import styles from './user-organisations.module.css';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

type Asked =
  | { readonly what: 'define'; readonly role: OrganisationRole | null }
  | { readonly what: 'remove'; readonly role: OrganisationRole };

/** What each role permits and denies; those of the platform are the same everywhere. */
export function OrganisationRoles({ id }: { readonly id: string }): ReactNode {
  const t = useText(userOrganisationsTexts);
  const c = useText(commonTexts);
  const { language } = useLanguage();
  const { ref, role: own } = useProject();
  const client = useQueryClient();
  const roles = useQuery(queries.organisationRoles(ref, id));
  const [asked, ask] = useState<Asked | null>(null);
  const mayChange = isAtLeast(own, 'admin');
  const listOf = (keys: readonly string[]): string => {
    if (keys.length === 0) return t('nothing');
    return keys.includes('*') ? t('everything') : keys.join(', ');
  };
  async function remove(role: OrganisationRole): Promise<void> {
    await projectOrganisations.removeRole(ref, id, role.id);
    ask(null);
    await client.invalidateQueries(queries.projectOrganisation(ref, id));
  }
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('roles')}
        {mayChange && (
          <Button
            variant="default"
            leftSection={<Icon name="plus" />}
            onClick={() => ask({ what: 'define', role: null })}
          >
            {t('newRole')}
          </Button>
        )}
      </h3>
      <WhileLoading query={roles}>
        {(found) => (
          <DataTable label={t('roles')} heads={[c('name'), t('permissions'), t('denials'), '']}>
            {found.map((role) => {
              const name = nameIn(role.name, language);
              return (
                <Table.Tr key={role.id}>
                  <Table.Td>
                    <span className={styles['name']}>
                      <bdi>{name}</bdi>
                      <bdi className={styles['sub']}>{role.key}</bdi>
                    </span>
                  </Table.Td>
                  <Table.Td className={styles['keys'] ?? ''}>
                    <bdi>{listOf(role.permissions)}</bdi>
                  </Table.Td>
                  <Table.Td className={styles['keys'] ?? ''}>
                    <bdi>{listOf(role.denials)}</bdi>
                  </Table.Td>
                  <Table.Td className={styles['actions'] ?? ''}>
                    {role.system && <Badge color="gray">{t('platform')}</Badge>}
                    {!role.system && mayChange && (
                      <Menu position="bottom-end">
                        <Menu.Target>
                          <ActionIcon aria-label={t('actionsFor', { name })}>
                            <Icon name="dots" />
                          </ActionIcon>
                        </Menu.Target>
                        <Menu.Dropdown>
                          <Menu.Item leftSection={<Icon name="edit" />} onClick={() => ask({ what: 'define', role })}>
                            {t('editRole', { name })}
                          </Menu.Item>
                          <Menu.Item
                            color="red"
                            leftSection={<Icon name="trash" />}
                            onClick={() => ask({ what: 'remove', role })}
                          >
                            {t('removeRole')}
                          </Menu.Item>
                        </Menu.Dropdown>
                      </Menu>
                    )}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </DataTable>
        )}
      </WhileLoading>
      {asked?.what === 'define' && <RoleDialog organisation={id} role={asked.role} onClose={() => ask(null)} />}
      {asked?.what === 'remove' && (
        <ConfirmDialog
          title={t('removeRoleTitle', { name: nameIn(asked.role.name, language) })}
          verb={t('removeRole')}
          run={() => remove(asked.role)}
          onClose={() => ask(null)}
        >
          {t('removeRoleText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
