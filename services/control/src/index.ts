export { controlErrors } from './control-errors.ts';
export { noGivenKeys } from './keys/given-keys.ts';
export type { GivenKeys } from './keys/given-keys.ts';
export { openKeyStore } from './keys/key-store.ts';
export type { InstanceSecrets, KeyStore, KeyStoreOptions, ProjectSecrets } from './keys/key-store.ts';
export { controlSchema } from './control-schema.ts';
export { createProjects } from './projects/create-projects.ts';
export type { CreateOptions, OpenProject, ProjectRegistry, ProjectsOptions } from './projects/create-projects.ts';
export type { ProjectRecord, ProjectStatus } from './projects/project-store.ts';
