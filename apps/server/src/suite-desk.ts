import type { ProjectRegistry, ProjectSuite, SuiteDesk } from '@ashlar/control';
import { addSuite, createUseCases, fillDemo, listSuites, removeSuite } from '@ashlar/handlers';
import { must, type Suite } from '@ashlar/kernel';
import { administrator } from './commands/administrator.ts';
import { registerSuiteContracts } from './contracts/register-suite-contracts.ts';
import { suites } from './suites.ts';

type Registry = Pick<ProjectRegistry, 'open' | 'hostOf'>;

/** The suites of projects as the command line and the control service both look after them. */
export function createSuiteDesk(projects: Registry): SuiteDesk {
  const opened = async (ref: string) => {
    const { project } = await projects.open(ref);
    return { project, administration: { host: projects.hostOf(ref), observe: () => undefined } };
  };
  return {
    async list(ref) {
      const { administration } = await opened(ref);
      const installed = new Map((await listSuites(administration, ref)).map((one) => [one.name, one]));
      return suites.map(({ name, title, demo }): ProjectSuite => {
        const { addedAt = null, removedAt = null } = installed.get(name) ?? {};
        const state = addedAt === null ? 'available' : removedAt === null ? 'added' : 'removed';
        return { name, title, state, addedAt, removedAt, hasDemo: demo !== null };
      });
    },
    async add(ref, suite) {
      const { administration } = await opened(ref);
      await addSuite({ ...administration, registerContracts: registerSuiteContracts }, ref, named(suite));
    },
    async remove(ref, suite, options) {
      const { administration } = await opened(ref);
      await removeSuite(administration, ref, named(suite), options);
    },
    async fillDemo(ref, names, options) {
      const { project } = await opened(ref);
      const as = { database: project.database, caller: administrator, ...options };
      await fillDemo(createUseCases({ suites }), names.map(named), as);
    },
  };
}

function named(name: string): Suite {
  return must(
    suites.find((suite) => suite.name === name),
    `suite ${name}`,
  );
}
