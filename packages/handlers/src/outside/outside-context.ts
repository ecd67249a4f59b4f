import type { OutsideAnswer, OutsideContext, OutsideRequest, Suite } from '@ashlar/kernel';
import type { Project } from '@ashlar/service';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { projectSealer } from '../runtime/project-sealer.ts';

/** How suites reach what is not ours. */
export interface Outside {
  request(request: OutsideRequest & { readonly signal?: AbortSignal }): Promise<OutsideAnswer>;
}

export interface OutsideParts {
  readonly suite: Suite;
  readonly useCases: UseCases;
  readonly outside: Outside;
  readonly now: () => Date;
}

export interface OutsideCall {
  readonly project: Project;
  readonly orgId: string;
  readonly requestId: string;
  readonly via: 'job' | 'hook';
  readonly signal?: AbortSignal | undefined;
}

/** What a suite is lent for one errand or one call of a hook. */
export async function outsideContext(
  { suite, useCases, outside, now }: OutsideParts,
  { project, orgId, requestId, via, signal }: OutsideCall,
): Promise<OutsideContext> {
  const { open } = await projectSealer(project);
  return {
    orgId,
    open,
    now,
    request: (request) => outside.request(signal === undefined ? request : { ...request, signal }),
    async call(contract, input) {
      if (suite.find(contract.name)?.name !== contract.name) {
        throw new Error(`${contract.name} is no use case of ${suite.name}`);
      }
      const { output } = await useCases.invoke(contract.name, input, {
        database: project.database,
        caller: { role: suite.name, claims: {} },
        via,
        requestId,
        orgId,
        trusted: true,
        signal,
      });
      return contract.output.parse(output);
    },
  };
}
