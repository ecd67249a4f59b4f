import type { ErrorFactory } from './errors.ts';
import type { DomainEvent } from './event.ts';
import type { EventType } from './event-type.ts';
import type { Saga } from './saga.ts';
import type { SuiteDocument } from './suite-document.ts';
import type { SuiteDemo } from './suite-demo.ts';
import type { SuiteErrand, SuiteHook } from './suite-outside.ts';
import { type AnyUseCase, requireBatch } from './use-case.ts';

/** A text by language: `{ en: 'Stock clerk', ar: 'أمين المخزن' }`; English is always there. */
export type Localised = { readonly en: string } & Readonly<Record<string, string>>;

/** Done about events by a use case; beside `on.event` for one that hears of several types. */
export interface SuiteSubscription {
  /** `suite.purpose`, unique and stable: what was handled is remembered under it. */
  readonly consumer: string;
  readonly types: readonly string[];
  readonly useCase: AnyUseCase;
  /** Null: this one is none of its business. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the use case parses it, whatever it is.
  readonly input: (event: DomainEvent) => any;
  /** As in `on.event`. */
  readonly batch?: number;
}

/** Done by the platform itself when the clock says so, for each active organisation of the project. */
export interface SuiteSchedule {
  /** `suite.purpose`. */
  readonly name: string;
  /** Five fields, in UTC. */
  readonly cron: string;
  /** A command that neither emitted nor noted anything leaves no audit row. */
  readonly useCase: AnyUseCase;
  readonly input: unknown;
  /** What somebody should look at in its result, as JSON shows it: the job then fails with this sentence. Null: all is well. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what the use case's output schema has written.
  readonly alarm?: (output: any) => string | null;
}

/** A role organisations are offered. */
export interface SuiteRole {
  /** Unique in a project: `stock-clerk`. */
  readonly key: string;
  readonly name: Localised;
  /** Keys of permissions, `suite.*` or `*.verb`. */
  readonly permissions: readonly string[];
  /** What no other role gives back. */
  readonly denials?: readonly string[];
}

export interface SuiteDefinition {
  /** Lower case letters and digits; also its role in the database, and what its names begin with. */
  readonly name: string;
  readonly title: Localised;
  /** Default: the name. */
  readonly schema?: string;
  /** Folder of `0001-name.sql` files, run as `<suite>_owner`, which owns the schema. */
  readonly migrations: URL;
  readonly useCases: readonly AnyUseCase[];
  /** Every type it emits. */
  readonly events?: readonly EventType[];
  readonly subscriptions?: readonly SuiteSubscription[];
  readonly schedules?: readonly SuiteSchedule[];
  readonly sagas?: readonly Saga[];
  readonly documents?: readonly SuiteDocument[];
  readonly errands?: readonly SuiteErrand[];
  readonly hooks?: readonly SuiteHook[];
  /** What can be permitted, and in which words: `{ 'inventory.reserve': 'Hold stock for orders' }`. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly roles?: readonly SuiteRole[];
  /** Rules the database holds, by the name of their constraint: `{ parcels_code_key: depotErrors.codeTaken }`. */
  readonly constraints?: Readonly<Record<string, ErrorFactory>>;
  readonly demo?: SuiteDemo | null;
}

export interface Suite extends Required<SuiteDefinition> {
  /** The use case of that name, in full (`inventory.reserve-stock`) or without the suite. */
  readonly find: (name: string) => AnyUseCase | undefined;
}

const NAME = /^[a-z][a-z0-9]{1,29}$/;
const OPEN = new Set(['signed-in', 'anyone']);

/**
 * A business system as one value.
 *
 * @throws {Error} When its parts do not fit: a name of another suite, one used twice, a permission nobody declared.
 */
export function defineSuite(definition: SuiteDefinition): Suite {
  const { name, useCases, events = [], subscriptions = [], schedules = [], sagas = [], roles = [] } = definition;
  const { documents = [], errands = [], hooks = [] } = definition;
  const fault = (what: string): Error => new Error(`Suite ${name}: ${what}`);
  if (!NAME.test(name)) throw fault('its name has lower case letters and digits, 2 to 30');
  const consumers = subscriptions.map(({ consumer }) => consumer);
  const processes = sagas.map((saga) => saga.name);
  const papers = documents.map((document) => document.name);
  const own = [
    ...useCases.map((one) => one.name),
    ...events.map(({ type }) => type),
    ...consumers,
    ...processes,
    ...papers,
    ...[...errands, ...hooks].map((one) => one.name),
  ];
  // One may be called like what it does.
  const times = schedules.map((schedule) => schedule.name);
  for (const one of [...own, ...times, ...Object.keys(definition.permissions)]) {
    if (!one.startsWith(`${name}.`)) throw fault(`${one} does not begin with ${name}.`);
  }
  const repeated = [own, times].flatMap((list) => list.filter((one, index) => list.indexOf(one) !== index))[0];
  if (repeated !== undefined) throw fault(`${repeated} is there twice`);
  for (const { name: useCase, permission } of useCases) {
    if (OPEN.has(permission) || Object.hasOwn(definition.permissions, permission)) continue;
    throw fault(`${useCase} asks for ${permission}, which it does not declare`);
  }
  for (const { consumer, useCase, batch } of subscriptions) {
    if (batch !== undefined) requireBatch(useCase, batch, consumer);
  }
  for (const { useCase } of [...subscriptions, ...schedules, ...documents]) {
    if (!useCases.includes(useCase)) throw fault(`${useCase.name} is none of its use cases`);
  }
  for (const { name: document, useCase, keep, papers: printedOn } of documents) {
    if (useCase.kind !== 'query') throw fault(`${document} is told by ${useCase.name}, which is no query`);
    if (keep !== undefined && !useCases.includes(keep)) throw fault(`${keep.name} is none of its use cases`);
    if (printedOn.length === 0) throw fault(`${document} is printed on no paper`);
  }
  const byName = new Map(useCases.map((one) => [one.name, one]));
  return Object.freeze({
    ...definition,
    schema: definition.schema ?? name,
    events,
    subscriptions,
    schedules,
    sagas,
    documents,
    errands,
    hooks,
    roles,
    constraints: definition.constraints ?? {},
    demo: definition.demo ?? null,
    find: (wanted: string) => byName.get(wanted) ?? byName.get(`${name}.${wanted}`),
  });
}
