import type { z } from 'zod';
import type { DomainEvent } from './event.ts';
import type { Contract } from './use-case-context.ts';

/** A request to an address somebody chose; the server refuses private ones, bounds bytes and time, follows no redirect. */
export interface OutsideRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a suite is lent where no transaction is open. */
export interface OutsideContext {
  readonly orgId: string;
  readonly request: (request: OutsideRequest) => Promise<OutsideAnswer>;
  /** A use case of this suite in a transaction of its own, as the platform itself. @throws Its refusal. */
  call<Input extends z.ZodType, Output extends z.ZodType>(
    contract: Contract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>>;
  /** What `seal` of a command made. @throws {Error} When it was sealed with another key, for another context, or changed. */
  readonly open: (sealed: string, context: string) => string;
  readonly now: () => Date;
}

/** One thing to see to outside. */
export interface ErrandOrder {
  /** Of what is to be done: the same key is the same errand. */
  readonly key: string;
  /** Errands of one lane are done one after the other. */
  readonly lane?: string;
  /** Plain JSON without secrets: it is kept beside the job. */
  readonly about: Readonly<Record<string, unknown>>;
}

/**
 * What a suite does outside of any transaction: asking somebody else's server, above all. It is a durable job, begun
 * by an event or by a hook, and done at least once: whatever it asks for carries a key by which it is done once, and
 * what came of it is told by a use case.
 */
export interface SuiteErrand {
  /** `suite.purpose`; also the consumer under which its events are remembered. */
  readonly name: string;
  /** Events that begin it; none for one that only a hook begins. */
  readonly types: readonly string[];
  /** Null: the event is none of its business. */
  readonly of: (event: DomainEvent) => ErrandOrder | null;
  /**
   * @param turn How often it was looked at before, from 0; a turn that threw counts once.
   * @returns When to look again; null: it is done.
   */
  readonly run: (
    about: Readonly<Record<string, unknown>>,
    turn: number,
    context: OutsideContext,
  ) => Promise<Date | null>;
}

export interface HookCall {
  /** Of the address. */
  readonly params: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came, byte by byte. */
  readonly body: Uint8Array;
}

/**
 * Where another program calls a suite in its own way: signed, and without a token of ours. It judges who calls, and
 * leaves the rest to an errand, so that it answers at once.
 */
export interface SuiteHook {
  /** `suite.purpose`. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly route: `POST /${string}`;
  readonly bodyLimitBytes: number;
  /** Whose it is, by its address alone; null: nobody's. */
  readonly orgOf: (params: Readonly<Record<string, string>>) => string | null;
  /** @returns What is to be done about it. @throws {AshlarError} What is answered instead of `204`. */
  readonly receive: (
    call: HookCall,
    context: OutsideContext,
  ) => Promise<{ readonly errand: SuiteErrand; readonly order: ErrandOrder } | null>;
}
