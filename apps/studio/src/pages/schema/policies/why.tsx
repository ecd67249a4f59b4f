import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import type { ExplainedPolicy, Explanation, Outcome } from '../../../api/visibility.ts';
import { useText } from '../../../texts/use-text.ts';
import { policyTexts } from './policy-texts.ts';
import styles from './policies.module.css';

type Say = ReturnType<typeof useText<keyof (typeof policyTexts)['en']>>;

export interface WhyProps {
  readonly explanation: Explanation;
  /** Name of the policy that is being written. */
  readonly draft: string | null;
}

/** What decided, then each policy and each of its conditions with what it came to. */
export function Why({ explanation: { because, policies }, draft }: WhyProps): ReactNode {
  const t = useText(policyTexts);
  return (
    <div className={styles['why']}>
      <p className={styles['reason']}>{reasonOf(because, t)}</p>
      {policies.map((policy) => (
        <Policy key={policy.name} policy={policy} isDraft={policy.name === draft} />
      ))}
    </div>
  );
}

function Policy({ policy, isDraft }: { readonly policy: ExplainedPolicy; readonly isDraft: boolean }): ReactNode {
  const t = useText(policyTexts);
  const { name, permissive, applies, outcome, expression, predicates } = policy;
  return (
    <div className={styles['policy']} data-held={outcome === 'true'}>
      <p>
        <Icon name={!applies ? 'eye-off' : outcome === 'true' ? 'check' : 'x'} />
        <bdi>{name}</bdi> <span className={styles['note']}>{t(permissive ? 'permissive' : 'restrictive')}</span>{' '}
        {isDraft && <span className={styles['note']}>({t('draft')})</span>}{' '}
        <span className={styles['note']}>{applies ? outcomeOf(outcome, t) : t('otherCaller')}</span>
      </p>
      {predicates.length > 1 ? (
        <ul>
          {predicates.map((predicate, at) => (
            <li key={at}>
              <code dir="ltr">{predicate.expression}</code>{' '}
              <span className={styles['note']}>{outcomeOf(predicate.outcome, t)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <code dir="ltr" className={styles['expression']}>
          {expression}
        </code>
      )}
    </div>
  );
}

function outcomeOf(outcome: Outcome | null, t: Say): string {
  if (outcome === 'true') return t('holds');
  if (outcome === 'false') return t('fails');
  return outcome === 'null' || outcome === null ? t('unknown') : t('error', { message: outcome.error });
}

function reasonOf(because: Explanation['because'], t: Say): string {
  switch (because.reason) {
    case 'bypassed':
      return t(`bypassed-${because.by}`);
    case 'not-granted':
      return t('not-granted', { privilege: because.privilege, on: because.on });
    case 'permitted':
    case 'none-permits':
    case 'restricted':
    case 'raises':
      return t(because.reason, { policies: because.policies.join(', ') });
    case 'no-policy':
    case 'no-row-security':
    case 'row-missing':
      return t(because.reason);
  }
}
