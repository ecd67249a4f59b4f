import type { z } from 'zod';
import type { Contract } from './use-case-context.ts';

/** How a suite fills its part of the demonstration shop: by its own commands, as anybody would. */
export interface SuiteDemo {
  /** Suites whose part has to be there before. */
  readonly needs: readonly string[];
  /** @returns What the parts that need this one are told of it, as JSON would have it. */
  readonly run: (shop: DemoShop) => Promise<unknown>;
}

/** What the filling of a demonstration shop is given. */
export interface DemoShop {
  /** How much of the shop is wanted: 1 is the whole, 10 a tenth of what it offers. The same every time it is filled. */
  readonly oneIn: number;
  /** What the run of a needed suite returned; whoever reads it checks that it is what it relies on. */
  factsOf(suite: string): unknown;
  /**
   * Does a command once for each step, however often the shop is filled: later the answer of the first time comes from
   * memory. Inputs have to be the same every time, so they hold no clock and no chance.
   *
   * @param step Name, unique in the suite.
   * @throws The command's refusal.
   */
  once<Input extends z.ZodType, Output extends z.ZodType>(
    step: string,
    contract: Contract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>>;
  /** A query, of this suite or another. */
  ask<Input extends z.ZodType, Output extends z.ZodType>(
    contract: Contract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>>;
  /** Does the same with each, a few at a time; answers are in the order of the items. */
  each<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<readonly Result[]>;
}
