import { controlErrors } from '../control-errors.ts';
import type { ProjectOperation } from '../domain/roles.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';

/** A suite as a project has it, or could. */
export interface ProjectSuite {
  readonly name: string;
  /** By language; English is always there. */
  readonly title: Readonly<Record<string, string>>;
  /** `removed`: it answers no more, and its data is still there. */
  readonly state: 'available' | 'added' | 'removed';
  readonly addedAt: Date | null;
  readonly removedAt: Date | null;
  /** Whether it has a part in the demonstration shop. */
  readonly hasDemo: boolean;
}

/** The suites of projects. All of it throws what opening a project throws. */
export interface SuiteDesk {
  /** Every suite there is. */
  list(ref: string): Promise<readonly ProjectSuite[]>;
  /** Gives it to the project, or brings it up to date. */
  add(ref: string, suite: string): Promise<void>;
  /** It answers no more. @param options `withData`: what it stored is gone for good. */
  remove(ref: string, suite: string, options: { readonly withData: boolean }): Promise<void>;
  /** Fills their parts of the demonstration shop and those they build on; what is there already is not filled again. */
  fillDemo(ref: string, suites: readonly string[], options: DemoOptions): Promise<void>;
}

export interface DemoOptions {
  /** How it was asked for, as the audit trail of the suites names it. */
  readonly via: 'cli' | 'job';
  /** Organisation of the project; the default one unless told. */
  readonly orgId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const SUITE_DEMO_TASK = 'control.suite-demo';

/** All of these throw what `inProject` throws. */
export async function listProjectSuites(
  parts: ControlParts,
  actor: Actor,
  ref: string,
): Promise<readonly ProjectSuite[]> {
  await parts.inTransaction((stores) => inProject(stores, actor, ref, 'suite.list'));
  return parts.suites.list(ref);
}

/**
 * The shop is filled by a job: it takes longer than anybody waits for an answer.
 *
 * @throws {AshlarError} `control.suite_unknown`, `control.suite_without_demo`.
 */
export async function addProjectSuite(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  { suite, withDemo }: { readonly suite: string; readonly withDemo: boolean },
): Promise<ProjectSuite> {
  await note(parts, actor, ref, 'suite.add', { suite, withDemo }, async () => {
    const found = await find(parts, ref, suite);
    if (withDemo && !found.hasDemo) throw controlErrors.suiteWithoutDemo({ suite });
  });
  await parts.suites.add(ref, suite);
  if (withDemo) {
    await parts.jobs.add([
      {
        task: SUITE_DEMO_TASK,
        payload: { ref, suite },
        key: `${SUITE_DEMO_TASK}:${suite}`,
        repeat: 'keep',
        project: ref,
        lane: `${SUITE_DEMO_TASK}:${ref}`,
        maxAttempts: 5,
      },
    ]);
  }
  return find(parts, ref, suite);
}

/** @throws {AshlarError} `control.suite_unknown`. */
export async function removeProjectSuite(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  { suite, withData }: { readonly suite: string; readonly withData: boolean },
): Promise<void> {
  const operation = withData ? 'suite.purge' : 'suite.remove';
  await note(parts, actor, ref, operation, { suite }, async () => void (await find(parts, ref, suite)));
  await parts.suites.remove(ref, suite, { withData });
}

/** The log says who asked before anything is done, since it is in another database. */
async function note(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  operation: ProjectOperation,
  detail: Readonly<Record<string, unknown>>,
  judge: () => Promise<void>,
): Promise<void> {
  await parts.inTransaction((stores) => inProject(stores, actor, ref, operation));
  await judge();
  await parts.inTransaction((stores) =>
    stores.audit.add({ action: operation, organisationId: null, projectRef: ref, target: null, detail }, actor.author),
  );
}

async function find(parts: ControlParts, ref: string, name: string): Promise<ProjectSuite> {
  const found = (await parts.suites.list(ref)).find((one) => one.name === name);
  if (found === undefined) throw controlErrors.suiteUnknown({ name });
  return found;
}
