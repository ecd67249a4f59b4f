import { Button, Code } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import type { Role } from '../api/control.ts';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';
import { useFailureText } from './describe-failure.ts';

export interface FailureProps {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** Stands where a page or a part of it would, and says what happened and what to do. */
export function Failure({ error, retry }: FailureProps): ReactNode {
  const t = useText(commonTexts);
  const describe = useFailureText();
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  const isExpected = error instanceof ApiError || error instanceof TypeError;
  const again = retry ?? (() => location.reload());
  return (
    <Blank
      icon="alert-triangle"
      title={isExpected ? t('failed') : t('crashed')}
      action={
        <Button variant="default" onClick={again}>
          {retry === undefined ? t('reload') : t('tryAgain')}
        </Button>
      }
    >
      <p role="alert">{isExpected ? describe(error) : t('crashedHint')}</p>
      {error instanceof ApiError && error.requestId !== null && <Code>{t('requestId', { id: error.requestId })}</Code>}
      {!isExpected && <Code dir="ltr">{error instanceof Error ? error.message : String(error)}</Code>}
    </Blank>
  );
}

export function NotFound(): ReactNode {
  const t = useText(commonTexts);
  return (
    <Blank
      icon="search"
      title={t('notFound')}
      action={
        <Button component={Link} to="/" variant="default">
          {t('toProjects')}
        </Button>
      }
    >
      {t('notFoundHint')}
    </Blank>
  );
}

/** Names the right that is missing and who can give it. */
export function NotAllowed({ least }: { readonly least: Role }): ReactNode {
  const t = useText(commonTexts);
  return (
    <Blank icon="lock" title={t('notAllowed')}>
      {t('notAllowedHint', { role: t(least) })}
    </Blank>
  );
}
