import { ActionIcon, Badge, Button, Menu, Table } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { type OrganisationMember, projectOrganisations } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useLanguage } from '../../texts/language.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import { AddMemberDialog } from './add-member-dialog.tsx';
import { nameIn } from './name-in.ts';
import styles from './user-organisations.module.css';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

const calledOf = ({ email, name, user_id: user }: OrganisationMember): string => email ?? name ?? user;

/** Who belongs to an organisation, with the roles each holds. */
export function OrganisationMembers({ id }: { readonly id: string }): ReactNode {
  const t = useText(userOrganisationsTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const tellFailure = useFailureToast();
  const members = useQuery(queries.organisationMembers(ref, id));
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<OrganisationMember | null>(null);
  const mayChange = isAtLeast(role, 'admin');
  const changed = (): Promise<void> => client.invalidateQueries(queries.organisationMembers(ref, id));
  const act = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: tellFailure,
    onSettled: changed,
  });
  async function remove(member: OrganisationMember): Promise<void> {
    await projectOrganisations.removeMember(ref, id, member.id);
    setRemoving(null);
    showToast({ text: t('removed', { name: calledOf(member) }), tone: 'good' });
    await changed();
  }
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('members')}
        {mayChange && (
          <Button variant="default" leftSection={<Icon name="user-plus" />} onClick={() => setAdding(true)}>
            {t('addMember')}
          </Button>
        )}
      </h3>
      <WhileLoading query={members}>
        {(found) =>
          found.length === 0 ? (
            <p className={styles['empty']}>{t('noMembers')}</p>
          ) : (
            <DataTable label={t('members')} heads={[t('member'), t('roles'), t('since'), '']}>
              {found.map((member) => (
                <MemberRow
                  key={member.id}
                  organisation={id}
                  member={member}
                  run={mayChange ? act.mutate : null}
                  onRemove={() => setRemoving(member)}
                />
              ))}
            </DataTable>
          )
        }
      </WhileLoading>
      {isAdding && <AddMemberDialog organisation={id} onClose={() => setAdding(false)} />}
      {removing !== null && (
        <ConfirmDialog
          title={t('removeTitle', { name: calledOf(removing) })}
          verb={t('remove')}
          run={() => remove(removing)}
          onClose={() => setRemoving(null)}
        >
          {t('removeText')}
        </ConfirmDialog>
      )}
    </section>
  );
}

interface MemberRowProps {
  readonly organisation: string;
  readonly member: OrganisationMember;
  /** Does something to the member, then reads all of them again; null for who may only look. */
  readonly run: ((act: () => Promise<unknown>) => void) | null;
  readonly onRemove: () => void;
}

function MemberRow({ organisation, member, run, onRemove }: MemberRowProps): ReactNode {
  const t = useText(userOrganisationsTexts);
  const format = useFormat();
  const { language } = useLanguage();
  const { ref } = useProject();
  const { data: roles = [] } = useQuery(queries.organisationRoles(ref, organisation));
  const name = calledOf(member);
  const roleName = (key: string): string => {
    const role = roles.find((each) => each.key === key);
    return role === undefined ? key : nameIn(role.name, language);
  };
  const free = roles.filter(({ key }) => !member.roles.some((held) => held.role === key));
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/projects/$ref/users/$user" params={{ ref, user: member.user_id }} className={styles['name'] ?? ''}>
          <bdi>{name}</bdi>
        </Link>
        {member.status === 'disabled' && <Badge color="gray">{t('disabled')}</Badge>}
      </Table.Td>
      <Table.Td>
        <span className={styles['roles']}>
          {member.roles.map(({ id, role, scope }) => (
            <span key={id} className={styles['role']} data-fixed={run === null || undefined}>
              {roleName(role)}
              {Object.keys(scope).length > 0 && ` · ${t('limited')}`}
              {run !== null && (
                <ActionIcon
                  size={20}
                  aria-label={t('takeRole', { role: roleName(role), name })}
                  onClick={() => run(() => projectOrganisations.revokeRole(ref, organisation, member.id, id))}
                >
                  <Icon name="x" size={12} />
                </ActionIcon>
              )}
            </span>
          ))}
        </span>
      </Table.Td>
      <Table.Td className={styles['time'] ?? ''}>
        {format.dateTime(new Date(member.joined_at), { dateStyle: 'medium' })}
      </Table.Td>
      <Table.Td className={styles['actions'] ?? ''}>
        {run !== null && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={t('actionsFor', { name })}>
                <Icon name="dots" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {free.length > 0 && <Menu.Label>{t('giveRole')}</Menu.Label>}
              {free.map(({ id, key }) => (
                <Menu.Item
                  key={id}
                  leftSection={<Icon name="plus" />}
                  onClick={() => run(() => projectOrganisations.assignRole(ref, organisation, member.id, key))}
                >
                  {roleName(key)}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item
                leftSection={<Icon name={member.status === 'active' ? 'ban' : 'circle-check'} />}
                onClick={() =>
                  run(() =>
                    projectOrganisations.setMemberStatus(
                      ref,
                      organisation,
                      member.id,
                      member.status === 'active' ? 'disabled' : 'active',
                    ),
                  )
                }
              >
                {t(member.status === 'active' ? 'disable' : 'enable')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<Icon name="user-x" />} onClick={onRemove}>
                {t('remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
