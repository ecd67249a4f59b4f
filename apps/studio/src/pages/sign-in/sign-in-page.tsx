import { Alert } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { queries } from '../../api/queries.ts';
import { hasSession } from '../../api/session-cookie.ts';
import { factorDue, signInWithReturnedCode, type Factor } from '../../api/sign-in.ts';
import { FormError } from '../../parts/form-error.tsx';
import { Front } from '../../parts/front.tsx';
import { useText } from '../../texts/use-text.ts';
import { CodeForm } from './code-form.tsx';
import { FactorForm } from './factor-form.tsx';
import { OtherWays } from './other-ways.tsx';
import { PasswordForm } from './password-form.tsx';
import { signInTexts } from './sign-in-texts.ts';

const route = getRouteApi('/sign-in');

/** Every way in that the instance offers; then the second factor of who has one. */
export function SignInPage(): ReactNode {
  const t = useText(signInTexts);
  const { code, next, error_description: refused } = route.useSearch();
  const [byCode, setByCode] = useState(false);
  const [factor, setFactor] = useState<Factor | null>(null);
  const [email, setEmail] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const { data: about } = useQuery(queries.about());
  const client = useQueryClient();
  const router = useRouter();

  async function enter(): Promise<void> {
    client.clear();
    await router.invalidate();
    // Only addresses of Studio itself were ever put there; others are not followed.
    const isOwn = next?.startsWith('/') === true && !next.startsWith('//');
    router.history.push(isOwn ? `/studio${next.replace(/^\/studio(?=\/|$)/, '')}` : '/studio');
  }

  async function goOn(): Promise<void> {
    const due = await factorDue();
    if (due === null) await enter();
    else setFactor(due);
  }

  useEffect(() => {
    // The address came back from a provider or a mailed link; or somebody reloaded between the two steps.
    const begun = code === undefined ? (hasSession() ? Promise.resolve() : null) : signInWithReturnedCode(code);
    begun?.then(goOn).catch((error: unknown) => setFailure(code === undefined ? null : error));
    // Once, for the address the page was opened with.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  if (about?.setup_needed === true) {
    return (
      <Front title={t('title')}>
        <Blank icon="key" title={t('setupTitle')}>
          {t('setupHint')}
        </Blank>
      </Front>
    );
  }
  if (factor !== null) {
    const lead = t(factor.factor_type === 'phone' ? 'factorPhone' : 'factorLead');
    return (
      <Front title={t('factorTitle')} lead={lead}>
        <FactorForm factor={factor} onDone={enter} onLeave={() => setFactor(null)} />
      </Front>
    );
  }
  return (
    <Front title={t('title')}>
      {refused !== undefined && failure === null && (
        // What stands in the address anybody may have written: it is not shown.
        <Alert role="alert" color="red" mt="md" p="xs">
          {t('refused')}
        </Alert>
      )}
      {failure !== null && (
        <div>
          <FormError error={failure} />
        </div>
      )}
      {byCode ? (
        <CodeForm email={email} onEmail={setEmail} onDone={goOn} />
      ) : (
        <PasswordForm email={email} onEmail={setEmail} onDone={goOn} />
      )}
      <OtherWays byCode={byCode} onByCode={setByCode} onDone={goOn} onFailure={setFailure} />
    </Front>
  );
}
