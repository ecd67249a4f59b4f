import { Button, Group, Select, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accountSettings } from '../../api/account-settings.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { FormError } from '../../parts/form-error.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { MailTemplates } from './mail-templates.tsx';
import styles from './project-settings-page.module.css';
import { SectionForm } from './section-form.tsx';
import { SettingsPage } from './settings-page.tsx';
import { SmtpFields } from './smtp-fields.tsx';

/** Whose name mails carry, how they leave, and what they say. */
export function MailSettingsPage(): ReactNode {
  const t = useText(accountSettingsTexts);
  const { role } = useProject();
  return (
    <SettingsPage title={t('mail')}>
      <SectionForm section="mail" title={t('sender')}>
        {({ value, change, readOnly }) => (
          <>
            <TextInput
              label={t('senderName')}
              maxLength={200}
              readOnly={readOnly}
              value={value.senderName}
              onChange={({ currentTarget: { value: senderName } }) => change({ senderName })}
            />
            <TextInput
              label={t('senderAddress')}
              type="email"
              dir="ltr"
              required
              withAsterisk={false}
              readOnly={readOnly}
              value={value.senderAddress}
              onChange={({ currentTarget: { value: senderAddress } }) => change({ senderAddress })}
            />
            <Select
              label={t('locale')}
              readOnly={readOnly}
              data={[
                { value: 'en', label: t('english') },
                { value: 'ar', label: t('arabic') },
              ]}
              value={value.defaultLocale}
              onChange={(locale) => change({ defaultLocale: locale === 'ar' ? 'ar' : 'en' })}
            />
          </>
        )}
      </SectionForm>
      <SectionForm section="mail" title={t('smtp')}>
        {(fields) => <SmtpFields {...fields} />}
      </SectionForm>
      {isAtLeast(role, 'admin') && <TestMail />}
      <MailTemplates />
    </SettingsPage>
  );
}

function TestMail(): ReactNode {
  const t = useText(accountSettingsTexts);
  const { ref } = useProject();
  const { language } = useLanguage();
  const { data: account } = useQuery(queries.account());
  const [typed, setTyped] = useState<string | null>(null);
  const to = typed ?? account?.email ?? '';
  const send = useMutation({
    mutationFn: () => accountSettings.testMail(ref, to, language),
    onSuccess: ({ state }) => showToast({ text: t(state === 'sent' ? 'testSent' : 'testQueued'), tone: 'good' }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <h2 className={styles['heading']}>{t('test')}</h2>
      <FormError error={send.error} />
      <Group align="flex-end" gap="xs" mt="sm" wrap="nowrap">
        <TextInput
          label={t('testTo')}
          type="email"
          dir="ltr"
          required
          withAsterisk={false}
          flex={1}
          value={to}
          onChange={({ currentTarget: { value } }) => setTyped(value)}
        />
        <Button type="submit" size="sm" variant="default" loading={send.isPending}>
          {t('testAction')}
        </Button>
      </Group>
    </form>
  );
}
