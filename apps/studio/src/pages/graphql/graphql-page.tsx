import { Button, PasswordInput, SegmentedControl } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { control, isAtLeast } from '../../api/control.ts';
import { FormError } from '../../parts/form-error.tsx';
import { Page } from '../../parts/page.tsx';
import { projectAddress } from '../../parts/project-address.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { defineTexts, useText } from '../../texts/use-text.ts';
import styles from './graphql-page.module.css';

const texts = defineTexts(
  {
    title: 'GraphQL',
    back: 'All calls',
    as: 'As whom',
    anon: 'Anonymous caller',
    user: 'Signed-in user',
    token: 'Access token of the user',
    use: 'Use',
    off: 'GraphiQL is off for this project',
    offHint: 'It lets whoever opens it write queries with completion, with the rights of the key or token they have.',
    turnOn: 'Switch it on',
    offViewer: 'Somebody with the role admin can switch it on.',
  },
  {
    title: 'GraphQL',
    back: 'كل الاستدعاءات',
    as: 'بصفة من',
    anon: 'مستدعٍ مجهول',
    user: 'مستخدم مسجّل',
    token: 'رمز وصول المستخدم',
    use: 'استعمله',
    off: 'GraphiQL متوقف لهذا المشروع',
    offHint: 'يتيح لمن يفتحه كتابة استعلامات مع إكمال تلقائي، بحقوق المفتاح أو الرمز الذي لديه.',
    turnOn: 'شغّله',
    offViewer: 'يستطيع مدير تشغيله.',
  },
);

/** GraphiQL, which the server has as a page with a policy of its own, beside a choice of whom it asks as. */
export function GraphqlPage(): ReactNode {
  const t = useText(texts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const endpoint = `${projectAddress(ref)}/graphql/v1`;
  const shown = useQuery({ queryKey: ['graphiql', ref], queryFn: () => showsPage(endpoint) });
  const turnOn = useMutation({
    mutationFn: () => control.setSetting(ref, 'rest.graphiql', true),
    onSuccess: () => client.invalidateQueries({ queryKey: ['graphiql', ref] }),
  });
  const [isUser, setUser] = useState(false);
  const [token, setToken] = useState('');
  const [used, use] = useState<string | null>(null);
  const mayTurnOn = isAtLeast(role, 'admin');
  const hash = isUser && used !== null ? `#${new URLSearchParams({ authorization: `Bearer ${used}` })}` : '';
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <Button
            size="xs"
            variant="subtle"
            leftSection={<Icon name="arrow-left" />}
            renderRoot={(props: object) => <Link {...props} to="/projects/$ref/api" params={{ ref }} />}
          >
            {t('back')}
          </Button>
          {shown.data === true && (
            <>
              <SegmentedControl
                size="xs"
                aria-label={t('as')}
                data={[
                  { value: 'anon', label: t('anon') },
                  { value: 'user', label: t('user') },
                ]}
                value={isUser ? 'user' : 'anon'}
                onChange={(next) => setUser(next === 'user')}
              />
              {isUser && (
                <form
                  className={styles['token']}
                  onSubmit={(event) => {
                    event.preventDefault();
                    use(token.trim() === '' ? null : token.trim());
                  }}
                >
                  <PasswordInput
                    size="xs"
                    dir="ltr"
                    w={260}
                    aria-label={t('token')}
                    placeholder={t('token')}
                    autoComplete="off"
                    value={token}
                    onChange={({ currentTarget: { value } }) => setToken(value)}
                  />
                  <Button size="xs" type="submit" variant="default">
                    {t('use')}
                  </Button>
                </form>
              )}
            </>
          )}
        </>
      }
    >
      <FormError error={turnOn.error} />
      <WhileLoading query={shown}>
        {(isShown) =>
          isShown ? (
            <iframe key={hash} className={styles['frame']} title="GraphiQL" src={`${endpoint}${hash}`} />
          ) : (
            <Blank
              icon="code"
              title={t('off')}
              action={
                mayTurnOn ? (
                  <Button loading={turnOn.isPending} onClick={() => turnOn.mutate()}>
                    {t('turnOn')}
                  </Button>
                ) : undefined
              }
            >
              {t('offHint')} {!mayTurnOn && t('offViewer')}
            </Blank>
          )
        }
      </WhileLoading>
    </Page>
  );
}

/** A project that does not show the page answers a browser as it does a program. */
async function showsPage(endpoint: string): Promise<boolean> {
  const response = await fetch(endpoint, { headers: { accept: 'text/html' } });
  return response.ok && response.headers.get('content-type')?.startsWith('text/html') === true;
}
