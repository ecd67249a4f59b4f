import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { projectOption } from '../cli/project-option.ts';
import { requireJobId } from './job-id.ts';
import { withJobs } from './open-jobs.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Ends a job that has not begun, and stops one that runs.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const id = requireJobId('jobs cancel', invocation);
    const state = await withJobs(invocation, async (store, project) => {
      const found = await store.cancel(project, id);
      if (found === 'running') return 'told to stop';
      if (found === 'cancelled') return found;
      const wanted = 'one that has not ended';
      throw usageErrors.argumentsWrong({ command: 'jobs cancel', found: found ?? 'no job of this id', wanted });
    });
    invocation.terminal.out(`Job ${id} is ${state}`);
    return 0;
  },
};
