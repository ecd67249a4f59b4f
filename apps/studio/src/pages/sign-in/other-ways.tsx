import { Button, Divider, Stack } from '@mantine/core';
import { Icon, type IconName } from '@ashlar/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queries } from '../../api/queries.ts';
import { canUsePasskeys, goToProvider, signInWithPasskey } from '../../api/sign-in.ts';
import { providerName } from '../../parts/provider-name.ts';
import { useText } from '../../texts/use-text.ts';
import { signInTexts } from './sign-in-texts.ts';

/** Not services to sign in with, though they stand in the same list. */
const OWN_METHODS: ReadonlySet<string> = new Set(['email', 'phone', 'anonymous_users']);
const ICONS: Readonly<Record<string, IconName>> = { github: 'brand-github', google: 'brand-google' };

export interface OtherWaysProps {
  readonly byCode: boolean;
  readonly onByCode: (byCode: boolean) => void;
  readonly onDone: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

export function OtherWays({ byCode, onByCode, onDone, onFailure }: OtherWaysProps): ReactNode {
  const t = useText(signInTexts);
  const { data: offer } = useQuery(queries.signInOffer());
  const passkey = useMutation({
    mutationFn: () => signInWithPasskey().then(onDone),
    // Who closes the browser's window has not failed at anything.
    onError: (error) => onFailure(error instanceof DOMException && error.name === 'NotAllowedError' ? null : error),
  });
  const leave = useMutation({ mutationFn: goToProvider, onError: onFailure });
  if (offer === undefined) return null;
  const providers = Object.keys(offer.external).filter((key) => offer.external[key] === true && !OWN_METHODS.has(key));
  return (
    <Stack gap="xs" component="div">
      <Divider label={t('or')} />
      {offer.external['email'] === true && (
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name={byCode ? 'key' : 'mail'} />}
          onClick={() => onByCode(!byCode)}
        >
          {t(byCode ? 'withPassword' : 'withCode')}
        </Button>
      )}
      {offer.passkeys_enabled && canUsePasskeys() && (
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name="fingerprint" />}
          loading={passkey.isPending}
          onClick={() => passkey.mutate()}
        >
          {t('withPasskey')}
        </Button>
      )}
      {providers.map((provider) => (
        <Button
          key={provider}
          variant="default"
          size="sm"
          leftSection={<Icon name={ICONS[provider] ?? 'login'} />}
          onClick={() => leave.mutate(provider)}
        >
          {t('withProvider', { provider: providerName(provider) })}
        </Button>
      ))}
    </Stack>
  );
}
