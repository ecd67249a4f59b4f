import { NumberInput, PasswordInput, Select, SimpleGrid, Switch, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AccountSettings } from '../../api/account-settings.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { isSecretSet } from './is-secret-set.ts';
import type { SectionFields } from './section-form.tsx';

type Smtp = NonNullable<AccountSettings['mail']['smtp']>;

const NEW_SERVER: Smtp = { host: '', port: 587, user: '', password: '', tls: 'starttls' };
const TLS = { starttls: 'starttls', implicit: 'implicit', none: 'plain' } as const;

/** A mail server of the project's own. */
export function SmtpFields({ value: { smtp, http }, change, readOnly }: SectionFields<'mail'>): ReactNode {
  const t = useText(accountSettingsTexts);
  const set = (changes: Partial<Smtp>): void => change({ smtp: { ...(smtp ?? NEW_SERVER), ...changes } });
  return (
    <>
      {http !== null && (
        <Text size="sm" c="dimmed">
          {t('byHttp', { url: http.baseUrl })}
        </Text>
      )}
      <Switch
        label={t('ownServer')}
        disabled={readOnly}
        checked={smtp !== null}
        onChange={({ currentTarget: { checked } }) => change({ smtp: checked ? NEW_SERVER : null })}
      />
      {smtp !== null && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label={t('host')}
            dir="ltr"
            required
            withAsterisk={false}
            readOnly={readOnly}
            value={smtp.host}
            onChange={({ currentTarget: { value: host } }) => set({ host })}
          />
          <NumberInput
            size="sm"
            label={t('port')}
            min={1}
            max={65_535}
            allowDecimal={false}
            readOnly={readOnly}
            value={smtp.port}
            onChange={(port) => typeof port === 'number' && set({ port })}
          />
          <TextInput
            label={t('user')}
            dir="ltr"
            autoComplete="off"
            readOnly={readOnly}
            value={smtp.user}
            onChange={({ currentTarget: { value: user } }) => set({ user })}
          />
          <PasswordInput
            label={t('password')}
            description={isSecretSet(smtp.password) ? `${t('secretKept')} ${t('secretMoved')}` : t('secretNone')}
            dir="ltr"
            autoComplete="new-password"
            readOnly={readOnly}
            value={typeof smtp.password === 'string' ? smtp.password : ''}
            onChange={({ currentTarget: { value: password } }) => set({ password })}
          />
          <Select
            label={t('tls')}
            readOnly={readOnly}
            data={(['starttls', 'implicit', 'none'] as const).map((value) => ({ value, label: t(TLS[value]) }))}
            value={smtp.tls}
            onChange={(tls) => set({ tls: tls === 'implicit' || tls === 'none' ? tls : 'starttls' })}
          />
        </SimpleGrid>
      )}
    </>
  );
}
