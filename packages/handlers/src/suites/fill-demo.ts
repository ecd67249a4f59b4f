import { randomUUID } from 'node:crypto';
import type { DemoShop, Suite } from '@ashlar/kernel';
import type { Invocation } from '../invocation.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';

export interface DemoInvocation extends Pick<Invocation, 'database' | 'caller' | 'via' | 'orgId' | 'signal'> {
  /** Fills a tenth of the shop for 10; by default all of it. */
  readonly oneIn?: number;
}

/** Commands at a time: enough to hide the round trips, few enough for the connections all projects share. */
const AT_ONCE = 4;

/**
 * Fills the demonstration shop of these suites and of those they build on, each after what it needs. What was done
 * before, in a run that was cut off or finished, is not done again.
 *
 * @returns Names of the suites that have a part in it, in the order they were filled.
 * @throws {AshlarError} A refusal of one of the commands, `common.suite_not_installed` among them.
 */
export async function fillDemo(
  useCases: UseCases,
  suites: readonly Suite[],
  invocation: DemoInvocation,
): Promise<readonly string[]> {
  const begun = new Set<Suite>();
  const facts = new Map<string, unknown>();
  const fill = async (suite: Suite): Promise<void> => {
    const { name, demo } = suite;
    // Two that name each other do not go round for ever.
    if (demo === null || begun.has(suite)) return;
    begun.add(suite);
    for (const needed of demo.needs) {
      const other = useCases.suites.find((one) => one.name === needed);
      if (other !== undefined) await fill(other);
    }
    const factsOf = (needed: string): unknown => facts.get(needed);
    facts.set(name, await demo.run({ factsOf, ...openShop(useCases, name, invocation) }));
  };
  for (const suite of suites) await fill(suite);
  return [...facts.keys()];
}

function openShop(
  useCases: UseCases,
  suite: string,
  { oneIn = 1, ...invocation }: DemoInvocation,
): Omit<DemoShop, 'factsOf'> {
  const { orgId = 'default' } = invocation;
  return {
    oneIn,
    async once(step, contract, input) {
      const key = { idempotencyKey: `demo/${suite}/${orgId}/${step}`, keyLasts: true };
      const { output } = await useCases.invoke(contract.name, input, {
        ...invocation,
        ...key,
        requestId: randomUUID(),
      });
      return contract.output.parse(output);
    },
    async ask(contract, input) {
      const { output } = await useCases.invoke(contract.name, input, { ...invocation, requestId: randomUUID() });
      return contract.output.parse(output);
    },
    async each(items, work) {
      const results: Awaited<ReturnType<typeof work>>[] = [];
      const left = items.entries();
      const failed: unknown[] = [];
      const workOff = async (): Promise<void> => {
        for (const [index, item] of left) {
          if (failed.length > 0) return;
          try {
            results[index] = await work(item);
          } catch (error) {
            failed.push(error);
          }
        }
      };
      // What the others have begun when one fails comes to its end before that is told.
      await Promise.all(Array.from({ length: AT_ONCE }, workOff));
      if (failed.length > 0) throw failed[0];
      return results;
    },
  };
}
