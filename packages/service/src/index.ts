export type { Caller, Claims, Refusal, RequestContext } from './context.ts';
export { DEFAULT_PROJECT } from './project.ts';
export type { AuthSettings, Project, ProjectKeys, ProjectSettings, Projects, RestSettings } from './project.ts';
export type { DoorFailure, RenderedError, Service, ServiceContract } from './service.ts';
