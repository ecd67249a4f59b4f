import { Badge, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Project } from '../../api/control.ts';
import { useText } from '../../texts/use-text.ts';
import { projectsTexts } from './projects-texts.ts';

const COLOURS = {
  active: 'green',
  paused: 'yellow',
  deleted: 'red',
  creating: 'ink',
  cloning: 'ink',
  copying: 'ink',
  resetting: 'ink',
  removing: 'red',
} as const;

/** What a project is doing, in a word. */
export function ProjectStatus({ project }: { readonly project: Project }): ReactNode {
  const t = useText(projectsTexts);
  const { status, failure } = project;
  const badge = isKnown(status) ? (
    <Badge color={COLOURS[status]}>{t(status)}</Badge>
  ) : (
    <Badge color="gray">{status}</Badge>
  );
  return failure === null ? badge : <Tooltip label={failure}>{badge}</Tooltip>;
}

function isKnown(status: string): status is keyof typeof COLOURS {
  return Object.hasOwn(COLOURS, status);
}
