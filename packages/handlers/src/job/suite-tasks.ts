import { type AshlarError, commonErrors, type Suite } from '@ashlar/kernel';
import { type Job, JobRejection, type Projects, type Task } from '@ashlar/service';
import { z } from 'zod';
import type { Invocation, InvocationCaller } from '../invocation.ts';
import { isFinalRefusal } from '../problem/is-final-refusal.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';

/** What a job of a use case is told; only the platform adds such jobs, as whoever asked for them. */
const Payload = z.object({
  input: z.json(),
  caller: z.object({ role: z.string(), claims: z.record(z.string(), z.unknown()) }),
  orgId: z.string().optional(),
});

const QUEUE = 'suites';

export interface UseCaseJob {
  readonly name: string;
  readonly input: unknown;
  readonly caller: InvocationCaller;
  readonly orgId?: string | undefined;
  readonly project: string;
  /** Two requests with one key are one job. */
  readonly key: string;
}

/** The job in which a use case is done later, as the caller of now. */
export function useCaseJob({ name, input, caller, orgId, project, key }: UseCaseJob): Job {
  const payload = { input, caller, ...(orgId === undefined ? {} : { orgId }) };
  return { task: name, payload, key: `${name} ${key}`, repeat: 'keep', project, queue: QUEUE };
}

/** One task per use case that may be a job. A command repeated after a crash is answered by its key, the job's id. */
export function suiteTasks(suite: Suite, useCases: UseCases, projects: Projects): readonly Task[] {
  return suite.useCases
    .filter(({ on }) => on.job === true)
    .map(({ name }) => ({
      name,
      async run(payload, { id, project: ref, signal }) {
        const parsed = Payload.safeParse(payload);
        if (!parsed.success) throw new JobRejection('common.malformed: the job was told something else');
        const project = await projects.wake(ref);
        if (project === undefined) throw new JobRejection('The project is gone');
        const { input, caller, orgId } = parsed.data;
        const invocation: Invocation = {
          database: project.database,
          caller,
          via: 'job',
          requestId: id,
          orgId,
          idempotencyKey: `job:${id}`,
          signal,
        };
        try {
          return (await useCases.invoke(name, input, invocation)).output;
        } catch (error) {
          throw isFinalRefusal(error) ? new JobRejection(describe(error)) : error;
        }
      },
    }));
}

/** As a job's error shows it: the code first, then each fault by its place. */
function describe({ code, message, fields }: AshlarError): string {
  const faults = code === commonErrors.invalidInput.code ? fields.map((one) => `${one.pointer} ${one.code}`) : [];
  return [`${code}: ${message}`, ...faults].join('\n');
}
