import { Button } from '@mantine/core';
import { Blank, Icon, type IconName } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import type { Advice, ConstraintOutline, Severity } from '../../api/insight.ts';
import { queries } from '../../api/queries.ts';
import type { Operation } from '../../api/structure.ts';
import { CopyLine } from '../../parts/copy-line.tsx';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { ConfirmChange } from '../tables/change/confirm-change.tsx';
import styles from './advisors-page.module.css';
import { advisorsInArabic, advisorsTexts } from './advisors-texts.ts';
import { fixOperations } from './fix-operations.ts';
import { fixSql } from './fix-sql.ts';

const SEVERITIES: readonly { readonly severity: Severity; readonly icon: IconName }[] = [
  { severity: 'error', icon: 'alert-circle' },
  { severity: 'warning', icon: 'alert-triangle' },
  { severity: 'hint', icon: 'info-circle' },
];
/** Somebody has to think, where the policies are. */
const ABOUT_POLICIES = new Set([
  'row-security-without-policies',
  'policy-lets-all-write',
  'policy-calls-per-row',
  'several-permissive-policies',
]);
const NO_CONSTRAINTS: readonly ConstraintOutline[] = [];

/** What could be mended in a project's database, the gravest first. */
export function AdvisorsPage(): ReactNode {
  const t = useText(advisorsTexts);
  const { ref, role } = useProject();
  const advice = useQuery(queries.advice(ref));
  const isAboutKeys = advice.data?.some(({ name }) => name === 'foreign-key-without-index') === true;
  const { data: constraints = NO_CONSTRAINTS } = useQuery({ ...queries.constraints(ref), enabled: isAboutKeys });
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          {advice.data !== undefined && (
            <span className={styles['count']} role="status">
              {t('found', { count: advice.data.length })}
            </span>
          )}
          <Button
            data-end
            variant="default"
            leftSection={<Icon name="refresh" />}
            loading={advice.isFetching}
            onClick={() => void advice.refetch()}
          >
            {t('again')}
          </Button>
        </>
      }
    >
      <WhileLoading query={advice}>
        {(findings) =>
          findings.length === 0 ? (
            <Blank icon="circle-check" title={t('fine')}>
              {t('fineHint')}
            </Blank>
          ) : (
            SEVERITIES.map(({ severity, icon }) => {
              const found = findings.filter((finding) => finding.severity === severity);
              return found.length === 0 ? null : (
                <section key={severity} className={styles['group']} data-severity={severity}>
                  <h2 className={styles['heading']}>
                    <Icon name={icon} />
                    {t(severity)}
                    <span>{t(`${severity}Hint`)}</span>
                  </h2>
                  {[...Map.groupBy(found, ({ name }) => name).values()].map((same) => (
                    <Advisor
                      key={same[0]?.name}
                      findings={same}
                      constraints={constraints}
                      projectRef={ref}
                      mayMend={isAtLeast(role, 'developer')}
                    />
                  ))}
                </section>
              );
            })
          )
        }
      </WhileLoading>
    </Page>
  );
}

interface AdvisorProps {
  /** Of one advisor. */
  readonly findings: readonly Advice[];
  readonly constraints: readonly ConstraintOutline[];
  readonly projectRef: string;
  readonly mayMend: boolean;
}

interface Mending {
  readonly object: string;
  readonly remedy: string;
  readonly operations: readonly [Operation, ...Operation[]];
}

function Advisor({ findings, constraints, projectRef, mayMend }: AdvisorProps): ReactNode {
  const t = useText(advisorsTexts);
  const { language } = useLanguage();
  const client = useQueryClient();
  const [mending, setMending] = useState<Mending | null>(null);
  const [first] = findings;
  if (first === undefined) return null;
  const { says, remedy } = (language === 'ar' ? advisorsInArabic[first.name] : undefined) ?? first;
  return (
    <article className={styles['advisor']}>
      <h3 className={styles['says']}>
        {says}
        <span className={styles['about']}>{t(first.about)}</span>
      </h3>
      <p className={styles['remedy']}>
        <span>{t('remedy')}:</span> {remedy}
      </p>
      <ul className={styles['findings']}>
        {findings.map((finding) => {
          const { object, detail } = finding;
          const fix = fixSql(finding, constraints);
          const operations = fixOperations(finding, constraints);
          return (
            <li key={`${object} ${detail}`} className={styles['finding']}>
              <div className={styles['object']}>
                <bdi dir="ltr">{object}</bdi>
                {detail !== null && (
                  <bdi dir="ltr" className={styles['detail']}>
                    {detail}
                  </bdi>
                )}
              </div>
              <div className={styles['fix']}>
                {fix !== null && <CopyLine label={t('fixOf', { object })} value={fix} />}
                {mayMend && fix !== null && operations !== null && (
                  <Button
                    leftSection={<Icon name="shield-check" />}
                    aria-label={t('mendOf', { object })}
                    onClick={() => setMending({ object, remedy, operations })}
                  >
                    {t('mend')}
                  </Button>
                )}
                {mayMend && fix !== null && operations === null && (
                  <Button
                    variant="default"
                    renderRoot={(props: object) => (
                      <Link {...props} to="/projects/$ref/sql" params={{ ref: projectRef }} search={{ q: fix }} />
                    )}
                  >
                    {t('open')}
                  </Button>
                )}
                {mayMend && ABOUT_POLICIES.has(finding.name) && (
                  <Button
                    variant="default"
                    renderRoot={(props: object) => (
                      <Link
                        {...props}
                        to="/projects/$ref/schema"
                        params={{ ref: projectRef }}
                        search={{ kind: 'policies', of: object }}
                      />
                    )}
                  >
                    {t('toPolicies')}
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {mending !== null && (
        <ConfirmChange
          title={t('mendOf', { object: mending.object })}
          operation={mending.operations[0]}
          further={mending.operations.slice(1)}
          onClose={() => setMending(null)}
          onDone={async () => {
            setMending(null);
            await client.invalidateQueries(queries.advice(projectRef));
          }}
        >
          {mending.remedy}
        </ConfirmChange>
      )}
    </article>
  );
}
