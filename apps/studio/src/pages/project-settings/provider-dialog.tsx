import { PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accountSettings, type ProviderSettings } from '../../api/account-settings.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { providerName } from '../../parts/provider-name.ts';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { isSecretSet } from './is-secret-set.ts';

/** Those the server can sign people in with; the last is any issuer found by discovery. */
const OFFERED =
  'apple azure bitbucket discord facebook figma github gitlab google kakao keycloak linkedin_oidc notion slack_oidc spotify twitch workos x zoom'.split(
    ' ',
  );
const OWN_ISSUER = 'custom:';
/** These live where their owner put them. */
const WITH_ISSUER: ReadonlySet<string> = new Set(['azure', 'github', 'gitlab', 'keycloak']);

export interface ProviderDialogProps {
  /** Of the section the change is made on. */
  readonly version: number;
  readonly known: { readonly key: string; readonly settings: ProviderSettings } | null;
  /** Those that are set up already. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
}

export function ProviderDialog({ version, known, taken, onClose }: ProviderDialogProps): ReactNode {
  const t = useText(accountSettingsTexts);
  const { ref } = useProject();
  const client = useQueryClient();
  const [chosen, setChosen] = useState(known?.key ?? 'google');
  const [issuerName, setIssuerName] = useState('');
  const [issuer, setIssuer] = useState(known?.settings.issuer ?? '');
  const [clientId, setClientId] = useState(known?.settings.clientId ?? '');
  const [secret, setSecret] = useState('');
  const [isOn, setOn] = useState(known?.settings.enabled ?? true);
  const key = chosen === OWN_ISSUER ? `${OWN_ISSUER}${issuerName}` : chosen;
  const isOwn = key.startsWith(OWN_ISSUER);
  const hasIssuer = isOwn || WITH_ISSUER.has(key);
  const hasSecret = known !== null && isSecretSet(known.settings.clientSecret);
  const save = useMutation({
    mutationFn: () =>
      accountSettings.change(ref, 'providers', version, {
        [key]: {
          enabled: isOn,
          clientId: clientId.trim(),
          ...(secret === '' ? {} : { clientSecret: secret }),
          ...(hasIssuer ? { issuer: issuer.trim() === '' ? null : issuer.trim() } : {}),
        },
      }),
    onSuccess(document) {
      client.setQueryData(queries.accountSettings(ref, 'providers').queryKey, document);
      onClose();
    },
    onError: () => client.invalidateQueries(queries.accountSettings(ref, 'providers')),
  });
  return (
    <FormDialog
      title={known === null ? t('addProvider') : t('edit', { name: providerName(known.key) })}
      verb={t('saveProvider')}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {known === null && (
        <Select
          label={t('provider')}
          searchable
          data={[
            ...OFFERED.filter((each) => !taken.includes(each)).map((value) => ({ value, label: providerName(value) })),
            { value: OWN_ISSUER, label: t('ownIssuer') },
          ]}
          value={chosen}
          onChange={(value) => setChosen(value ?? chosen)}
        />
      )}
      {chosen === OWN_ISSUER && (
        <TextInput
          label={t('issuerName')}
          description={t('issuerNameHint')}
          dir="ltr"
          required
          withAsterisk={false}
          pattern="[a-z0-9_\-]{1,60}"
          value={issuerName}
          onChange={({ currentTarget: { value } }) => setIssuerName(value)}
        />
      )}
      {hasIssuer && (
        <TextInput
          label={t('issuer')}
          description={t('issuerHint')}
          type="url"
          dir="ltr"
          required={isOwn || key === 'keycloak'}
          withAsterisk={false}
          value={issuer}
          onChange={({ currentTarget: { value } }) => setIssuer(value)}
        />
      )}
      <TextInput
        label={t('clientId')}
        dir="ltr"
        autoComplete="off"
        required
        withAsterisk={false}
        value={clientId}
        onChange={({ currentTarget: { value } }) => setClientId(value)}
      />
      <PasswordInput
        label={t('clientSecret')}
        description={`${t(hasSecret ? 'secretKept' : 'secretNone')}${hasSecret && hasIssuer ? ` ${t('secretMoved')}` : ''}`}
        dir="ltr"
        autoComplete="new-password"
        value={secret}
        onChange={({ currentTarget: { value } }) => setSecret(value)}
      />
      <Switch label={t('enabled')} checked={isOn} onChange={({ currentTarget: { checked } }) => setOn(checked)} />
    </FormDialog>
  );
}
