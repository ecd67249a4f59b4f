import { NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { ProviderList } from './provider-list.tsx';
import { SectionForm } from './section-form.tsx';
import { SettingsPage } from './settings-page.tsx';

/** Who may come to the application, and by which ways. */
export function SignInSettingsPage(): ReactNode {
  const t = useText(accountSettingsTexts);
  return (
    <SettingsPage title={t('signIn')}>
      <SectionForm section="general" title={t('application')}>
        {({ value, change, readOnly }) => (
          <>
            <TextInput
              label={t('siteUrl')}
              description={t('siteUrlHint')}
              type="url"
              dir="ltr"
              required
              withAsterisk={false}
              readOnly={readOnly}
              value={value.siteUrl}
              onChange={({ currentTarget: { value: siteUrl } }) => change({ siteUrl })}
            />
            <Textarea
              label={t('redirects')}
              description={t('redirectsHint')}
              dir="ltr"
              size="sm"
              autosize
              minRows={2}
              maxRows={10}
              readOnly={readOnly}
              value={value.redirectAllowList.join('\n')}
              onChange={({ currentTarget: { value: lines } }) =>
                change({ redirectAllowList: lines === '' ? [] : lines.split('\n') })
              }
            />
            <Switch
              label={t('allowSignUp')}
              disabled={readOnly}
              checked={!value.disableSignup}
              onChange={({ currentTarget: { checked } }) => change({ disableSignup: !checked })}
            />
            <Switch
              label={t('anonymous')}
              disabled={readOnly}
              checked={value.anonymousEnabled}
              onChange={({ currentTarget: { checked } }) => change({ anonymousEnabled: checked })}
            />
          </>
        )}
      </SectionForm>
      <SectionForm section="email" title={t('email')}>
        {({ value, change, readOnly }) => (
          <>
            <Switch
              label={t('emailEnabled')}
              disabled={readOnly}
              checked={value.enabled}
              onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
            />
            <Switch
              label={t('autoconfirm')}
              description={t('autoconfirmHint')}
              disabled={readOnly}
              checked={value.autoconfirm}
              onChange={({ currentTarget: { checked } }) => change({ autoconfirm: checked })}
            />
          </>
        )}
      </SectionForm>
      <SectionForm section="password" title={t('minLength')}>
        {({ value, change, readOnly }) => (
          <NumberInput
            size="sm"
            w={120}
            aria-label={t('minLength')}
            min={6}
            max={72}
            allowDecimal={false}
            readOnly={readOnly}
            value={value.minLength}
            onChange={(typed) => typeof typed === 'number' && change({ minLength: typed })}
          />
        )}
      </SectionForm>
      <SectionForm section="passkeys" title={t('passkeys')}>
        {({ value, change, readOnly }) => (
          <Switch
            label={t('passkeysEnabled')}
            description={t('passkeysHint')}
            disabled={readOnly}
            checked={value.enabled}
            onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
          />
        )}
      </SectionForm>
      <ProviderList />
    </SettingsPage>
  );
}
