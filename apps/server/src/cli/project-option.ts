import { DEFAULT_PROJECT } from '@ashlar/service';
import type { CommandOption, Invocation } from './command.ts';

/** The option `--project`, for commands that work on one project. */
export const projectOption: Readonly<Record<'project', CommandOption>> = {
  project: { type: 'string', placeholder: '<ref>', about: `Project to work on. [${DEFAULT_PROJECT}]` },
};

export function chosenProject({ text }: Invocation): string {
  return text('project') ?? DEFAULT_PROJECT;
}
