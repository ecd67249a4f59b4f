import { type InstanceFolder, startInstance } from '../instance/instance.ts';
import { runAshlar } from '../instance/run-ashlar.ts';
import type { Effort } from '../measure/compare-scenario.ts';
import type { Verdict } from '../report.ts';
import { type Answer, openStockClient, type StockClient } from './stock-client.ts';

export interface StockFigures {
  /** Rounds of 200 buyers who want one of the last ten at once. */
  readonly rounds: number;
  /** Of them, those in which anything but exactly ten got one. */
  readonly wrongRounds: number;
  readonly buyersP50Ms: number;
  readonly buyersP99Ms: number;
  /** Holds granted a second where there is plenty of each item. */
  readonly holdsPerSecond: number;
  /** Ledger rows of the two items an issue is compared of. */
  readonly shortLedger: number;
  readonly longLedger: number;
  readonly shortIssueMs: number;
  readonly longIssueMs: number;
}

const BUYERS = 200;
const PIECES = 10;
const HOLDERS = 16;
const LINES = 1_000;
const ISSUES = 200;
const WARM_UP = 50;
const ROUNDS_OF_FULL = 5;

/** Stock of an instance of its own whose commits wait for the disk, asked over HTTP like any shop would. */
export async function measureStock(folder: Omit<InstanceFolder, 'flags'>, effort: Effort): Promise<StockFigures> {
  const isFull = effort.rounds >= ROUNDS_OF_FULL;
  const instance = await startInstance(folder);
  try {
    await runAshlar(folder.dataDir, ['suite', 'add', 'inventory']);
    using client = await openStockClient(instance, BUYERS);
    await warmUp(client);
    const buyers = await measureBuyers(client, isFull ? 100 : 10);
    const holdsPerSecond = await measureHolds(client, isFull ? 10_000 : 1_000);
    const issues = await measureIssues(client, isFull ? 1_000_000 : 20_000);
    return { ...buyers, holdsPerSecond, ...issues };
  } finally {
    await instance.stop();
  }
}

/** Code that has run before, and connections that are there: a shop that opens has had visitors. */
async function warmUp(client: StockClient): Promise<void> {
  const itemId = await client.addItem();
  await client.receive(itemId, 1, WARM_UP + BUYERS);
  for (let done = 0; done < WARM_UP; done += 1) await granted(() => client.hold(itemId));
  await Promise.all(Array.from({ length: BUYERS }, () => granted(() => client.hold(itemId))));
}

async function measureBuyers(client: StockClient, rounds: number) {
  const times: number[] = [];
  let wrongRounds = 0;
  for (let round = 0; round < rounds; round += 1) {
    const itemId = await client.addItem();
    await client.receive(itemId, 1, PIECES);
    const answers = await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const startedAt = performance.now();
        const got = await granted(() => client.hold(itemId));
        times.push(performance.now() - startedAt);
        return got;
      }),
    );
    if (answers.filter(Boolean).length !== PIECES) wrongRounds += 1;
  }
  return { rounds, wrongRounds, buyersP50Ms: quantile(times, 0.5), buyersP99Ms: quantile(times, 0.99) };
}

/** A few who ask one after the other, each for items that others want too. */
async function measureHolds(client: StockClient, holds: number): Promise<number> {
  const items = await Promise.all(Array.from({ length: HOLDERS }, () => client.addItem()));
  for (const itemId of items) await client.receive(itemId, 1, holds);
  let asked = 0;
  const holder = async (): Promise<void> => {
    while (asked < holds) {
      const itemId = items[asked % items.length] ?? '';
      asked += 1;
      if (!(await granted(() => client.hold(itemId)))) throw new Error('A hold was refused although there was plenty');
    }
  };
  const startedAt = performance.now();
  await Promise.all(items.map(holder));
  return (holds * 1_000) / (performance.now() - startedAt);
}

/** Issues of an item with a short ledger and of one with a long one, in turn. */
async function measureIssues(client: StockClient, longLedger: number) {
  const [short, long] = [await client.addItem(), await client.addItem()];
  await client.receive(short, LINES, 1);
  for (let rows = 0; rows < longLedger; rows += LINES) await client.receive(long, LINES, 1);
  const times: Record<'short' | 'long', number[]> = { short: [], long: [] };
  for (let issue = -WARM_UP; issue < ISSUES; issue += 1) {
    for (const [which, itemId] of [
      ['short', short],
      ['long', long],
    ] as const) {
      const startedAt = performance.now();
      if (!(await granted(() => client.issue(itemId)))) throw new Error('An issue was refused');
      if (issue >= 0) times[which].push(performance.now() - startedAt);
    }
  }
  return {
    shortLedger: LINES,
    longLedger,
    shortIssueMs: quantile(times.short, 0.5),
    longIssueMs: quantile(times.long, 0.5),
  };
}

/** Whether stock was granted. Whoever is told by a full house to come again does, and waits that much longer. */
async function granted(ask: () => Promise<Answer>): Promise<boolean> {
  for (;;) {
    const { status, body } = await ask();
    if (status === 200) return true;
    // Every answer but a success is a problem document.
    const problem = body as { readonly code?: string; readonly retryable?: boolean };
    if (problem.code === 'inventory.insufficient_stock') return false;
    if (problem.retryable !== true) throw new Error(`${status} ${JSON.stringify(body)}`);
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function judgeStock(stock: StockFigures): readonly Verdict[] {
  return [
    {
      what: `${stock.rounds} × ${BUYERS} buyers of the last ${PIECES}: rounds without exactly ${PIECES}`,
      got: stock.wrongRounds,
      wanted: 0,
      sense: 'most',
      unit: '',
    },
    { what: 'their p99', got: stock.buyersP99Ms, wanted: 200, sense: 'most', unit: 'ms' },
    { what: 'holds granted', got: stock.holdsPerSecond, wanted: 300, sense: 'least', unit: '/s' },
    {
      what: `issue at ${stock.longLedger} ledger rows / at ${stock.shortLedger}`,
      got: stock.longIssueMs / stock.shortIssueMs,
      wanted: 1.2,
      sense: 'most',
      unit: '×',
    },
  ];
}

export function describeStock(stock: StockFigures): string {
  return `stock: a buyer of the last ten waits ${stock.buyersP50Ms.toFixed(0)} ms (p50); an issue takes \
${stock.shortIssueMs.toFixed(1)} ms at ${stock.shortLedger} ledger rows, ${stock.longIssueMs.toFixed(1)} ms at ${stock.longLedger}`;
}
