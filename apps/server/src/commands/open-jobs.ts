import type { JobStore } from '@ashlar/scheduler';
import { ignoreObservations } from '@ashlar/telemetry';
import type { Invocation } from '../cli/command.ts';
import { chosenProject } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

/** Does something with the jobs of the project a command names, beside a running server or without one. */
export async function withJobs<Result>(
  invocation: Invocation,
  run: (jobs: JobStore, project: string) => Promise<Result>,
): Promise<Result> {
  const { createJobStore, createScheduler } = await import('@ashlar/scheduler');
  return withInstance(invocation, async ({ cluster, projects }) => {
    const { project } = await projects.open(chosenProject(invocation));
    const scheduler = createScheduler({ cluster, observe: ignoreObservations });
    try {
      return await run(
        createJobStore(() => scheduler.pool()),
        project.ref,
      );
    } finally {
      await scheduler.close();
    }
  });
}
