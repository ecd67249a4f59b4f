import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { projectOption } from '../cli/project-option.ts';
import { requireJobId } from './job-id.ts';
import { withJobs } from './open-jobs.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Lets a job that failed or was cancelled begin anew, with all its attempts.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const id = requireJobId('jobs retry', invocation);
    const state = await withJobs(invocation, async (store, project) => {
      const job = await store.find(project, id);
      if (job !== null && (await store.retry(project, id))) return 'waiting';
      const found = job === null ? 'no job of this id' : `one that is ${job.state}`;
      throw usageErrors.argumentsWrong({ command: 'jobs retry', found, wanted: 'one that failed or was cancelled' });
    });
    invocation.terminal.out(`Job ${id} is ${state}`);
    return 0;
  },
};
