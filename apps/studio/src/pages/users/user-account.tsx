import { Button, Group, JsonInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts, type ProjectUser } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { FormError } from '../../parts/form-error.tsx';
import { providerName } from '../../parts/provider-name.ts';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import styles from './user-page.module.css';
import { userTexts } from './user-texts.ts';
import { usersTexts } from './users-texts.ts';

/** Who somebody is, and by which ways they sign in. */
export function UserAccount({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const u = useText(usersTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const moment = (time: string | undefined): string =>
    time === undefined ? c('never') : format.dateTime(new Date(time), { dateStyle: 'medium', timeStyle: 'short' });
  const isBanned = user.banned_until !== undefined && new Date(user.banned_until) > new Date();
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>{t('account')}</h3>
      <dl className={styles['facts']}>
        <dt>{t('id')}</dt>
        <dd className={styles['mono']}>
          <bdi dir="ltr">{user.id}</bdi>
        </dd>
        <dt>{c('email')}</dt>
        <dd>
          {user.email === '' ? t('none') : <bdi dir="ltr">{user.email}</bdi>}
          {user.email !== '' && user.email_confirmed_at === undefined && (
            <span className={styles['sub']}>{u('unconfirmed')}</span>
          )}
        </dd>
        <dt>{t('phone')}</dt>
        <dd>{user.phone === '' ? t('none') : <bdi dir="ltr">+{user.phone}</bdi>}</dd>
        <dt>{t('ways')}</dt>
        <dd>
          {user.identities.length === 0 && t('none')}
          {user.identities.map(({ identity_id: id, provider, last_sign_in_at: last }) => (
            <div key={id}>
              {provider === 'email' ? u('byMail') : provider === 'phone' ? u('byPhone') : providerName(provider)}
              <span className={styles['sub']}>{t('wayLast', { time: moment(last) })}</span>
            </div>
          ))}
        </dd>
        <dt>{t('lastSeen')}</dt>
        <dd>{moment(user.last_sign_in_at)}</dd>
        <dt>{t('created')}</dt>
        <dd>{moment(user.created_at)}</dd>
        {isBanned && (
          <>
            <dt>{t('bannedUntil')}</dt>
            <dd>{moment(user.banned_until)}</dd>
          </>
        )}
        <dt>{t('role')}</dt>
        <dd className={styles['mono']}>
          <bdi dir="ltr">{user.role}</bdi>
        </dd>
      </dl>
      <Metadata user={user} />
    </section>
  );
}

function Metadata({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const c = useText(commonTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const stored = JSON.stringify(user.user_metadata, null, 2);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? stored;
  const value = parseObject(text);
  const save = useMutation({
    // Members left out are taken away: the service lays the new ones over the old.
    mutationFn: (next: Readonly<Record<string, unknown>>) => {
      const gone = Object.keys(user.user_metadata).filter((key) => !Object.hasOwn(next, key));
      return accounts.changeUser(ref, user.id, {
        user_metadata: { ...next, ...Object.fromEntries(gone.map((key) => [key, null])) },
      });
    },
    async onSuccess() {
      await client.invalidateQueries(queries.user(ref, user.id));
      setTyped(null);
      showToast({ text: c('saved'), tone: 'good' });
    },
  });
  return (
    <>
      <FormError error={save.error} />
      <JsonInput
        label={t('metadata')}
        description={t('metadataHint')}
        dir="ltr"
        autosize
        minRows={3}
        maxRows={12}
        readOnly={!isAtLeast(role, 'admin')}
        error={value === null ? t('metadataWrong') : null}
        value={text}
        onChange={setTyped}
      />
      {typed !== null && typed !== stored && (
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={() => setTyped(null)}>
            {c('cancel')}
          </Button>
          <Button loading={save.isPending} onClick={() => value !== null && save.mutate(value)}>
            {c('save')}
          </Button>
        </Group>
      )}
    </>
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
