export { BoundedCache } from './bounded-cache.ts';
export { brandedId } from './branded-id.ts';
export type { BrandedId, BrandedIdSchema } from './branded-id.ts';
export { commonErrors } from './common-errors.ts';
export { accept, isRefused, refuse } from './decision.ts';
export type { Accepted, Decision, Refused } from './decision.ts';
export { AshlarError, defineErrors } from './errors.ts';
export type {
  AshlarErrorOptions,
  CatalogueEntry,
  ErrorFactory,
  ErrorKind,
  ErrorParams,
  ErrorWords,
  FieldError,
  MoreOfError,
  Translation,
  Translations,
} from './errors.ts';
export { escapeHtml } from './escape-html.ts';
export { aggregateOf } from './event.ts';
export type { DomainEvent, NewEvent } from './event.ts';
export { eventType } from './event-type.ts';
export type { EventFact, EventType } from './event-type.ts';
export { RateLimiter } from './rate-limiter.ts';
export type { Rate } from './rate-limiter.ts';
export { refuseStale } from './refuse-stale.ts';
export { must, unreachable } from './must.ts';
export { defineSaga, sagaStep } from './saga.ts';
export type { PrintedColumn, PrintedFact, PrintedPage, PrintedParty, PrintedValue, Wording } from './printed-page.ts';
export type { Saga, SagaDefinition, SagaFact, SagaPlan, SagaStep, SagaTask } from './saga.ts';
export type { DemoShop, SuiteDemo } from './suite-demo.ts';
export type {
  DocumentToPrint,
  PrintedLanguage,
  PrintedOriginal,
  PrintedPaper,
  SuiteDocument,
} from './suite-document.ts';
export type {
  ErrandOrder,
  HookCall,
  OutsideAnswer,
  OutsideContext,
  OutsideRequest,
  SuiteErrand,
  SuiteHook,
} from './suite-outside.ts';
export { defineSuite } from './suite.ts';
export type { Localised, Suite, SuiteDefinition, SuiteRole, SuiteSchedule, SuiteSubscription } from './suite.ts';
export { useCase } from './use-case.ts';
export type {
  AnyUseCase,
  Command,
  CommandDefinition,
  EventTrigger,
  Handlers,
  HttpMethod,
  HttpRoute,
  Permission,
  Query,
  QueryDefinition,
  UseCase,
} from './use-case.ts';
export type {
  Actor,
  AuditNote,
  CommandContext,
  Contract,
  OrgId,
  Outside,
  QueryContext,
  UseCaseContext,
} from './use-case-context.ts';
