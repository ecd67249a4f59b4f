export { asCaller, asService } from './as-caller.ts';
export type { Visitor } from './as-caller.ts';
export type { Caller, Claims, Refusal, RequestContext } from './context.ts';
export { COOKIE_SESSION_HEADER, mayUseCookies, readCookies, sessionCookieNames } from './session-cookies.ts';
export type { PageHeaders, SessionCookieNames } from './session-cookies.ts';
export type { CookiePolicy, ProjectSessions, Revoked, SessionGuard } from './session-guard.ts';
export { closeApp, createApp } from './create-app.ts';
export type { AppOptions, TlsIdentity } from './create-app.ts';
export { doorFailureOf, renderPlainFailure } from './door-failure.ts';
export { DEFAULT_HTTP_LIMITS } from './http-limits.ts';
export type { HttpLimits } from './http-limits.ts';
export { JobRejection } from './jobs.ts';
export type { Job, JobPayload, JobQueue, JobRun, Task } from './jobs.ts';
export { mountService, servicePrefix } from './mount-service.ts';
export { observeAnswer } from './observe-answer.ts';
export type { Passage } from './observe-answer.ts';
export { CONTROL_PROJECT, DEFAULT_PROJECT, sealingSecretOf } from './project.ts';
export type { LogListener, LogListening, ProjectLogs, TablePattern } from './project-logs.ts';
export type {
  AuthSettings,
  IssuedKey,
  MailDefaults,
  Project,
  ProjectKeys,
  ProjectSettings,
  Projects,
  RestSettings,
  StorageSettings,
} from './project.ts';
export { requestIdOf } from './request-id.ts';
export { sendRendered } from './send-rendered.ts';
export type { Asked, DoorFailure, RenderedError, Service, ServiceContract } from './service.ts';
export { createServiceApp } from './service-app.ts';
export type { ServiceApp, ServiceAppOptions } from './service-app.ts';
export { IDENTITY_HEADER, identityKey, signIdentity, verifyIdentity } from './signed-identity.ts';
export type { Identity, IdentityKey } from './signed-identity.ts';
export { takeUpgrade, upgradeOf } from './upgrade.ts';
export type { Shed, Upgrade } from './upgrade.ts';
export { serviceErrors } from './service-errors.ts';
export type { ServiceErrors } from './service-errors.ts';
export { statusOfKind } from './status-of-kind.ts';
