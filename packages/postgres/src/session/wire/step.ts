import type { ResultField } from '../call.ts';
import type { BoundValue, FrontendWriter } from './frontend-writer.ts';
import type { PreparedStatement, PreparedStatements } from './prepared-statements.ts';

/** One statement of an exchange; all steps up to the Sync are one implicit transaction. */
export interface Step {
  readonly text: string;
  readonly values: readonly BoundValue[];
}

export interface PreparedStepsOptions {
  readonly role: string;
  readonly steps: readonly Step[];
  /** Whether the statements are named and kept for the next time. */
  readonly keep: boolean;
}

/** The steps of one exchange with the statements they run as. */
export class PreparedSteps {
  readonly role: string;
  readonly steps: readonly Step[];
  readonly #statements: PreparedStatements;
  readonly #prepared: readonly PreparedStatement[];

  /** Finds or names the statement of every step. */
  constructor({ role, steps, keep }: PreparedStepsOptions, statements: PreparedStatements) {
    this.role = role;
    this.steps = steps;
    this.#statements = statements;
    this.#prepared = steps.map(({ text }) => (keep ? choose(role, text, statements) : onlyOnce()));
  }

  /** Writes one step; `maxRows` 0 runs it to its end. */
  write(index: number, writer: FrontendWriter, maxRows: number): void {
    const step = this.steps[index];
    const prepared = this.#prepared[index];
    if (step === undefined || prepared === undefined) throw new RangeError(`No step ${index}`);
    if (!prepared.confirmed) {
      writer.parse(prepared.name, step.text);
      // The row's shape is asked for once; executions after that do without.
      writer.describeStatement(prepared.name);
    }
    writer.bind(prepared.name, step.values);
    writer.execute(maxRows);
  }

  confirm(index: number): void {
    const prepared = this.#prepared[index];
    if (prepared !== undefined) prepared.confirmed = true;
  }

  describe(index: number, fields: readonly ResultField[]): void {
    const prepared = this.#prepared[index];
    if (prepared !== undefined) prepared.fields = fields;
  }

  fields(index: number): readonly ResultField[] {
    return this.#prepared[index]?.fields ?? [];
  }

  /** After an error: what was never parsed is not there, and what the server calls stale must be parsed again. */
  dropUnusable(stale: boolean): void {
    this.#prepared.forEach((prepared, index) => {
      if (prepared.name === '' || (prepared.confirmed && !stale)) return;
      this.#statements.drop(this.role, this.steps[index]?.text ?? '');
    });
  }
}

/**
 * A statement whose Parse is still under way with a neighbour is parsed again without a name: if the neighbour's
 * Parse is refused, this step must not fall with it.
 */
function choose(role: string, text: string, statements: PreparedStatements): PreparedStatement {
  const known = statements.find(role, text);
  if (known === undefined) return statements.add(role, text);
  return known.confirmed ? known : onlyOnce();
}

function onlyOnce(): PreparedStatement {
  return { name: '', confirmed: false, fields: [] };
}
