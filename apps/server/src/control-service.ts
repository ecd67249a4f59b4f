import { createControl, PLAIN_INVITATION_PATH } from '@ashlar/control';
import { type AccountDesk, createAccountDesk, createAdministration } from '@ashlar/identity';
import { must } from '@ashlar/kernel';
import { CONTROL_PROJECT, type Project, type Service } from '@ashlar/service';
import { hasStudio } from '@ashlar/studio/build';
import type { ServiceDependencies } from './composition.ts';
import { chooseMasterKeys } from './instance/choose-master-keys.ts';
import { projectDefaults } from './instance/project-defaults.ts';
import { createSuiteDesk } from './suite-desk.ts';

/** The control service, whose people are accounts that identity keeps in the control project. */
export function createControlService(dependencies: ServiceDependencies): Service {
  const { config, projects, jobs, observe, outbound, masterKeys, dev, knowsPublicUrl, logs } = dependencies;
  // Few starts of an instance make accounts.
  let desk: AccountDesk | undefined;
  const opened = (): AccountDesk => (desk ??= createAccountDesk({ observe, outbound, messaging: { jobs, projects } }));
  const home = async (): Promise<Project> => must(await projects.wake(CONTROL_PROJECT), 'the control project');
  const administration = createAdministration({
    observe,
    outbound,
    dev,
    knowsPublicUrl,
    messaging: { jobs, projects },
  });
  const service = createControl({
    administration,
    control: projects.control,
    projects,
    jobs,
    suites: createSuiteDesk(projects),
    observe,
    logs,
    // A vault without a token is said at the start, not when the first secret is set.
    masterKeys: chooseMasterKeys(config, masterKeys),
    defaults: projectDefaults(config),
    pinnedSettings: config.control.pinnedSettings,
    publicUrl: config.gateway.publicUrl,
    invitationPath: hasStudio() ? '/studio/invitation' : PLAIN_INVITATION_PATH,
    accounts: {
      create: async (input) => opened().create(await home(), input),
      isActive: async (id) => opened().isActive(await home(), id),
      hasFactor: async (id) => opened().hasFactor(await home(), id),
      canMail: async () => opened().canMail(await home()),
      mailInvitation: async (invitation) => opened().mailInvitation(await home(), invitation),
    },
  });
  return {
    ...service,
    async close() {
      await service.close();
      await Promise.all([desk?.close(), administration.close()]);
    },
  };
}
