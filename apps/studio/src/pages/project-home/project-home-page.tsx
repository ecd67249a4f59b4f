import { Button } from '@mantine/core';
import { Blank, Icon, type IconName } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAtLeast, type ProjectInDetail } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { CopyLine } from '../../parts/copy-line.tsx';
import { Page } from '../../parts/page.tsx';
import { projectAddress } from '../../parts/project-address.ts';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { projectHomeTexts } from './project-home-texts.ts';
import { ExampleStep } from './example/example-step.tsx';
import styles from './project-home-page.module.css';

/** What one can do with a project that has little in it yet. */
export function ProjectHomePage(): ReactNode {
  const t = useText(projectHomeTexts);
  const project = useProject();
  const known = useQuery({ ...queries.structure(project.ref), enabled: project.status !== 'paused' });
  if (project.status === 'paused') return <AtRest project={project} />;
  return (
    <Page title={t('title')} width="column">
      <h2 className={styles['heading']}>{t('begin')}</h2>
      <ol className={styles['steps']}>
        <Step icon="table" title={t('createTable')} hint={t('createTableHint')}>
          <Button
            variant="default"
            renderRoot={(button) => (
              <Link
                {...button}
                to="/projects/$ref/tables"
                params={{ ref: project.ref }}
                search={isAtLeast(project.role, 'developer') ? { new: true } : {}}
              />
            )}
          >
            {t(isAtLeast(project.role, 'developer') ? 'createTable' : 'openTables')}
          </Button>
        </Step>
        {isAtLeast(project.role, 'developer') && (
          <>
            <Step icon="file-import" title={t('importFile')} hint={t('importFileHint')}>
              <Button
                variant="default"
                renderRoot={(button) => <Link {...button} to="/projects/$ref/import" params={{ ref: project.ref }} />}
              >
                {t('importFile')}
              </Button>
            </Step>
            {known.data !== undefined && (
              <Step icon="sparkles" title={t('example')} hint={t('exampleHint')}>
                <ExampleStep known={known.data} />
              </Step>
            )}
          </>
        )}
        <Step icon="bolt" title={t('connect')} hint={t('connectHint')}>
          <Connection project={project} />
        </Step>
        {isAtLeast(project.role, 'developer') && (
          <Step icon="key" title={t('makeKey')} hint={t('makeKeyHint')}>
            <Button
              variant="default"
              renderRoot={(button) => <Link {...button} to="/projects/$ref/keys" params={{ ref: project.ref }} />}
            >
              {t('openKeys')}
            </Button>
          </Step>
        )}
        {isAtLeast(project.role, 'admin') && (
          <Step icon="user-plus" title={t('invite')} hint={t('inviteHint')}>
            <Button
              variant="default"
              renderRoot={(button) => (
                <Link
                  {...button}
                  to="/organisations/$organisation/members"
                  params={{ organisation: project.organisation_id }}
                />
              )}
            >
              {t('openMembers')}
            </Button>
          </Step>
        )}
      </ol>
    </Page>
  );
}

function Connection({ project: { ref, role } }: { readonly project: ProjectInDetail }): ReactNode {
  const t = useText(projectHomeTexts);
  const mayList = isAtLeast(role, 'developer');
  const { data: keys } = useQuery({ ...queries.keys(ref), enabled: mayList });
  const address = projectAddress(ref);
  const key = keys?.publishable_keys[0];
  return (
    <div className={styles['connection']}>
      <span className={styles['label']}>{t('address')}</span>
      <CopyLine label={t('address')} value={address} />
      {key !== undefined && (
        <>
          <span className={styles['label']}>{t('key')}</span>
          <CopyLine label={t('key')} value={key} />
          <span className={styles['label']}>{t('snippet')}</span>
          <CopyLine label={t('snippet')} value={`const supabase = createClient('${address}', '${key}')`} />
        </>
      )}
    </div>
  );
}

interface StepProps {
  readonly icon: IconName;
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
}

function Step({ icon, title, hint, children }: StepProps): ReactNode {
  return (
    <li className={styles['step']}>
      <Icon name={icon} size={20} className={styles['icon'] ?? ''} />
      <div className={styles['text']}>
        <h3 className={styles['title']}>{title}</h3>
        <p className={styles['hint']}>{hint}</p>
        {children}
      </div>
    </li>
  );
}

function AtRest({ project: { ref, name } }: { readonly project: ProjectInDetail }): ReactNode {
  const t = useText(projectHomeTexts);
  return (
    <Page title={t('title')}>
      <Blank
        icon="player-pause"
        title={t('restTitle', { name })}
        action={
          <Button
            variant="default"
            renderRoot={(button) => <Link {...button} to="/projects/$ref/settings" params={{ ref }} />}
          >
            {t('openSettings')}
          </Button>
        }
      >
        {t('restHint')}
      </Blank>
    </Page>
  );
}
