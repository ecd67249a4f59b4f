export type { Invocation, InvocationCaller, Via } from './invocation.ts';
export { createUseCases } from './runtime/create-use-cases.ts';
export type { Outcome, UseCases, UseCasesOptions } from './runtime/create-use-cases.ts';
export { addSuite, listSuites, removeSuite } from './suites/suite-administration.ts';
export type { InstalledSuite, SuiteAdministration } from './suites/suite-administration.ts';
export { schemaOwnerOf, suitesSchema } from './suites-schema.ts';
