import type { Saga, Suite } from '@ashlar/kernel';

/** Sagas this version of the program knows, with the suite each is of. */
export interface SagaRegistry {
  readonly all: readonly { readonly suite: Suite; readonly saga: Saga }[];
  /** @throws {Error} For one it does not know. */
  find(name: string): Saga;
}

export function sagaRegistry(suites: readonly Suite[]): SagaRegistry {
  const all = suites.flatMap((suite) => suite.sagas.map((saga) => ({ suite, saga })));
  const byName = new Map(all.map(({ saga }) => [saga.name, saga]));
  return {
    all,
    find(name) {
      const saga = byName.get(name);
      if (saga === undefined) throw new Error(`This version of the program has no saga ${name}`);
      return saga;
    },
  };
}
