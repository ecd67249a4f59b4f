import type { DomainEvent } from './event.ts';
import type { ErrorParams } from './errors.ts';
import type { Localised } from './suite.ts';
import type { Contract } from './use-case-context.ts';
import type { z } from 'zod';

/** What a saga gets to know, one at a time. Events of different aggregates come in any order, and some come twice. */
export type SagaFact =
  | { readonly kind: 'event'; readonly event: DomainEvent }
  /** A step was done; its output as JSON shows it. */
  | { readonly kind: 'done'; readonly step: string; readonly output: unknown }
  /** A step was refused for good: trying again would be refused again. */
  | { readonly kind: 'refused'; readonly step: string; readonly code: string; readonly params: ErrorParams }
  /** A time that was set has come. */
  | { readonly kind: 'due'; readonly deadline: string }
  /** A person says that it is to be undone. */
  | { readonly kind: 'undo'; readonly reason: string }
  /** A person has settled a task. */
  | { readonly kind: 'settled'; readonly task: string; readonly note: string };

/** A command to be given once, however often it is sent: its key is made of the instance and the name. */
export interface SagaStep {
  /** Unique within the instance and stable: `reserve`, `credit-invoice`. */
  readonly name: string;
  /** In full, such as `inventory.reserve-stock`. */
  readonly useCase: string;
  /** JSON. */
  readonly input: unknown;
}

/** A step by the contract of its use case, so that its input is of the right shape. */
export function sagaStep<Input extends z.ZodType, Output extends z.ZodType>(
  name: string,
  contract: Contract<Input, Output>,
  input: z.input<Input>,
): SagaStep {
  return { name, useCase: contract.name, input };
}

/** What a person has to settle before it can go on. */
export interface SagaTask {
  /** Unique within the instance and stable. */
  readonly name: string;
  readonly title: Localised;
}

/** What is to be done, given all that is known. What was done before is left out by whoever carries it out. */
export interface SagaPlan {
  /** In this order; the next is given when the one before is done or refused. */
  readonly steps: readonly SagaStep[];
  /** When it is to be woken although nothing happens. */
  readonly deadlines?: readonly { readonly name: string; readonly at: Date }[];
  readonly tasks?: readonly SagaTask[];
  /** Nothing is left to do: it came to its end, or all of it was undone. */
  readonly end?: 'completed' | 'undone';
}

/**
 * A business process over several suites, as a value. Both functions are pure: `evolve` takes in one fact, whatever the
 * order, and `plan` says what follows from all of them. The instance, its attempts and its log are kept by whoever runs it.
 */
export interface SagaDefinition<State> {
  /** `suite.purpose`, such as `order.order-to-cash`. */
  readonly name: string;
  readonly title: Localised;
  /** Types of the events it hears of. */
  readonly events: readonly string[];
  /** Those that begin an instance; what is heard of one before is kept for it. */
  readonly startedBy: readonly string[];
  /** Which instance an event is of; null: it is none of its business. */
  readonly key: (event: DomainEvent) => string | null;
  /** Nothing is known yet. The state is JSON. */
  readonly begin: (key: string) => State;
  readonly evolve: (state: State, fact: SagaFact) => State;
  readonly plan: (state: State, now: Date) => SagaPlan;
}

// oxlint-disable-next-line typescript/no-explicit-any -- what its state is, is known where it is defined.
export type Saga = SagaDefinition<any>;

/** @throws {Error} For a name that is not of the form, or one that nothing begins. */
export function defineSaga<State>(definition: SagaDefinition<State>): SagaDefinition<State> {
  const { name, events, startedBy } = definition;
  if (!/^[a-z][a-z0-9]*\.[a-z][a-z0-9-]*$/.test(name))
    throw new Error(`A saga is named like order.order-to-cash, got ${name}`);
  if (startedBy.length === 0) throw new Error(`Saga ${name}: nothing begins it`);
  const unheard = startedBy.find((type) => !events.includes(type));
  if (unheard !== undefined) throw new Error(`Saga ${name}: it is begun by ${unheard} and does not hear of it`);
  return Object.freeze(definition);
}
