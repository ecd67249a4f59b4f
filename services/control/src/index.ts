export { PLAIN_INVITATION_PATH } from './routes/organisation-routes.ts';
export { createUsageMeter } from './adapters/usage-meter.ts';
export type { UsageMeter, UsageMeterOptions } from './adapters/usage-meter.ts';
export { createVaultMasterKeys } from './adapters/vault-master-keys.ts';
export type { VaultOptions } from './adapters/vault-master-keys.ts';
export type { MasterKey, MasterKeys } from './application/master-keys.ts';
export type { DemoOptions, ProjectSuite, SuiteDesk } from './application/project-suites.ts';
export { makeSetupToken, offerSetup, recordCommand, rotateMasterKey } from './commands.ts';
export { controlContract } from './contract.ts';
export { createControl } from './create-control.ts';
export type { ControlOptions } from './create-control.ts';
export { controlErrors } from './control-errors.ts';
export type { AccountAdministration } from './routes/account-routes.ts';
export { noGivenKeys } from './keys/given-keys.ts';
export type { GivenKeys } from './keys/given-keys.ts';
export { DEFAULT_WAIT_SECONDS } from './keys/key-rotation.ts';
export type { AddedKey, RotationOptions } from './keys/key-rotation.ts';
export { openKeyStore } from './keys/key-store.ts';
export type { InstanceSecrets, KeyStore, KeyStoreOptions, ProjectSecrets } from './keys/key-store.ts';
export { controlSchema } from './control-schema.ts';
export { createProjects } from './projects/create-projects.ts';
export type {
  CreateOptions,
  OpenProject,
  ProjectRegistry,
  ProjectWatcher,
  ProjectsOptions,
} from './projects/project-registry.ts';
export type { ProjectRecord, ProjectStatus } from './projects/project-store.ts';
export { applyChange } from './meta/apply-change.ts';
export type { AppliedChange, ApplyOptions } from './meta/apply-change.ts';
export { readStructure } from './meta/introspection/read-structure.ts';
export type { Structure } from './meta/introspection/structure.ts';
export { describeOperation, operationNames } from './meta/operations/operations.ts';
export type { AskedOperation } from './meta/operations/operations.ts';
export { previewChange } from './meta/preview-change.ts';
export type { Finding, Preview } from './meta/preview-change.ts';
export { explainRow } from './visibility/explain-row.ts';
export type { Question } from './visibility/explain-row.ts';
export type { AskedFor, AskedRow, Command, Explanation } from './visibility/explanation.ts';
export type { OwnedDatabase } from './meta/owned-database.ts';
export type { Advice, Severity } from './advisors/advice.ts';
export { giveAdvice } from './advisors/give-advice.ts';
