import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { control } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { signInWithPassword } from '../../api/sign-in.ts';
import { FormError } from '../../parts/form-error.tsx';
import { Front } from '../../parts/front.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { setupTexts } from './setup-texts.ts';

const route = getRouteApi('/setup');
const SHORTEST_PASSWORD = 6;

/** Where the link leads that the first start prints: the first owner, signed in at the end. */
export function SetupPage(): ReactNode {
  const t = useText(setupTexts);
  const c = useText(commonTexts);
  const { token: given } = route.useSearch();
  const [token] = useState(given);
  const { data: about } = useQuery(queries.about());
  const navigate = useNavigate();
  const client = useQueryClient();
  const [form, setForm] = useState({ organisation: '', email: '', password: '' });
  const setUp = useMutation({
    async mutationFn() {
      await control.setUp({ ...form, token: token ?? '' });
      await signInWithPassword(form.email, form.password);
      client.clear();
      await navigate({ to: '/' });
    },
  });
  useEffect(() => {
    // A secret stays neither in the address bar nor in the history.
    if (given !== undefined) void navigate({ to: '/setup', search: {}, replace: true });
  }, [given, navigate]);

  if (about?.setup_needed === false && !setUp.isPending && !setUp.isSuccess) {
    return (
      <Front title={t('title')}>
        <Blank
          icon="circle-check"
          title={t('doneTitle')}
          action={
            <Button component={Link} to="/sign-in">
              {t('signIn')}
            </Button>
          }
        >
          {t('doneHint')}
        </Blank>
      </Front>
    );
  }
  if (token === undefined) {
    return (
      <Front title={t('title')}>
        <Blank icon="link" title={t('noTokenTitle')}>
          {t('noTokenHint')}
        </Blank>
      </Front>
    );
  }
  const field = (name: keyof typeof form) => ({
    required: true,
    withAsterisk: false,
    value: form[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setForm((before) => ({ ...before, [name]: value })),
  });
  return (
    <Front title={t('title')} lead={t('lead')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setUp.mutate();
        }}
      >
        <Stack gap="sm">
          <FormError error={setUp.error} />
          <TextInput
            label={t('organisation')}
            description={t('organisationHint')}
            maxLength={200}
            autoComplete="organization"
            autoFocus
            {...field('organisation')}
          />
          <TextInput label={c('email')} type="email" dir="ltr" autoComplete="username" {...field('email')} />
          <PasswordInput
            label={c('password')}
            description={t('passwordHint', { count: SHORTEST_PASSWORD })}
            dir="ltr"
            minLength={SHORTEST_PASSWORD}
            autoComplete="new-password"
            {...field('password')}
          />
          <Button type="submit" size="sm" loading={setUp.isPending}>
            {t('create')}
          </Button>
        </Stack>
      </form>
    </Front>
  );
}
