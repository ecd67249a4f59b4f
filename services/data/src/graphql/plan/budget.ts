import { GraphQLError } from 'graphql';
import { MAX_NODES, MAX_RELATIONS } from '../bounds.ts';

/** What an operation may still ask for; one per operation. */
export class Budget {
  #relations = 0;
  #nodes = 0;

  /** @param nodes Rows it returns at most, for all rows above it together. */
  spend(nodes: number): void {
    this.#relations += 1;
    this.#nodes += nodes;
    if (this.#relations > MAX_RELATIONS) {
      throw new GraphQLError(`An operation may read at most ${MAX_RELATIONS} collections and related rows`);
    }
    if (this.#nodes > MAX_NODES) {
      throw new GraphQLError(
        `The operation could return ${this.#nodes} rows; at most ${MAX_NODES} are allowed, so ask for smaller pages or fewer levels`,
      );
    }
  }
}
