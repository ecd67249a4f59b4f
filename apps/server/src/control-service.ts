import { createControl, PLAIN_INVITATION_PATH } from '@ashlar/control';
import { type AccountDesk, createAccountDesk } from '@ashlar/identity';
import { must } from '@ashlar/kernel';
import { CONTROL_PROJECT, type Project, type Service } from '@ashlar/service';
import { hasStudio } from '@ashlar/studio/build';
import type { ServiceDependencies } from './composition.ts';
import { chooseMasterKeys } from './instance/choose-master-keys.ts';
import { projectDefaults } from './instance/project-defaults.ts';

/** The control service, whose people are accounts that identity keeps in the control project. */
export function createControlService(dependencies: ServiceDependencies): Service {
  const { config, projects, jobs, observe, outbound, masterKeys } = dependencies;
  // Few starts of an instance make accounts.
  let desk: AccountDesk | undefined;
  const opened = (): AccountDesk => (desk ??= createAccountDesk({ observe, outbound, messaging: { jobs, projects } }));
  const home = async (): Promise<Project> => must(await projects.wake(CONTROL_PROJECT), 'the control project');
  const service = createControl({
    control: projects.control,
    projects,
    jobs,
    observe,
    // A vault without a token is said at the start, not when the first secret is set.
    masterKeys: chooseMasterKeys(config, masterKeys),
    defaults: projectDefaults(config),
    pinnedSettings: config.control.pinnedSettings,
    publicUrl: config.gateway.publicUrl,
    invitationPath: hasStudio() ? '/studio/invitation' : PLAIN_INVITATION_PATH,
    accounts: {
      create: async (input) => opened().create(await home(), input),
      isActive: async (id) => opened().isActive(await home(), id),
      canMail: async () => opened().canMail(await home()),
      mailInvitation: async (invitation) => opened().mailInvitation(await home(), invitation),
    },
  });
  return {
    ...service,
    async close() {
      await service.close();
      await desk?.close();
    },
  };
}
