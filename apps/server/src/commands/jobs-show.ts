import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { projectOption } from '../cli/project-option.ts';
import { requireJobId } from './job-id.ts';
import { withJobs } from './open-jobs.ts';

export const command: Command = {
  usage: '<id>',
  positionals: [1, 1],
  about: 'Shows a job as JSON: what it is told, its attempts and errors, its steps and its result.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const id = requireJobId('jobs show', invocation);
    const { describeJob, describeStep } = await import('@ashlar/scheduler');
    const shown = await withJobs(invocation, async (store, project) => {
      const job = await store.find(project, id);
      if (job === null)
        throw usageErrors.argumentsWrong({ command: 'jobs show', found: id, wanted: 'the id of a job' });
      return { ...describeJob(job), steps: (await store.steps(id)).map(describeStep) };
    });
    invocation.terminal.out(JSON.stringify(shown, null, 2));
    return 0;
  },
};
