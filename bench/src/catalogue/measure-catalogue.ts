import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type InstanceFolder, startInstance } from '../instance/instance.ts';
import type { Effort } from '../measure/compare-scenario.ts';
import type { Verdict } from '../report.ts';
import { importProducts, type ImportRun, writeProducts } from './import-process.ts';
import { kernelCostMs } from './kernel-cost.ts';

export interface CatalogueFigures {
  /** Products of the long import, and of the one its memory is compared with. */
  readonly imported: number;
  readonly importedShort: number;
  readonly long: ImportRun;
  readonly short: ImportRun;
  /** Variants there are when pages are asked for. */
  readonly variants: number;
  /** 50 of them with prices and what there is of each, one page after another. */
  readonly pageP50Ms: number;
  readonly pageP95Ms: number;
  readonly kernelMs: number;
}

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
const SHORT = 5_000;
const PAGE = 50;
const PAGES = 400;
const COMMANDS = 5_000;
const ROUNDS_OF_FULL = 5;

/** The catalogue of an instance of its own. */
export async function measureCatalogue(
  folder: Omit<InstanceFolder, 'flags'>,
  effort: Effort,
): Promise<CatalogueFigures> {
  const imported = effort.rounds >= ROUNDS_OF_FULL ? 50_000 : 10_000;
  const instance = await startInstance(folder);
  try {
    const { dataDir } = folder;
    await promisify(execFile)(process.execPath, [MAIN, 'suite', 'add', 'product', 'inventory', '--data', dataDir]);
    const { serviceRoleKey } = instance.keys.keys;
    const headers = { apikey: serviceRoleKey, 'content-type': 'application/json' };
    for (const currency of ['USD', 'IQD']) {
      const body = JSON.stringify({ code: currency, currency });
      const made = await fetch(`${instance.url}/api/v1/product/price-lists`, { method: 'POST', headers, body });
      if (!made.ok) throw new Error(`A price list was answered ${made.status}`);
    }
    const importing = async (name: string, count: number, firstCode: number): Promise<ImportRun> => {
      const path = `${dataDir}-${name}.csv`;
      await writeProducts(path, name, count, firstCode);
      return importProducts({ dataDir, instance }, path);
    };
    const short = await importing('short', SHORT, 0);
    const long = await importing('long', imported, 1_000_000);
    // Twice as many again, for the pages.
    await importing('more', imported - SHORT, 2_000_000);
    const times = await pageTimes(`${instance.url}/api/v1/product/variants`, headers);
    return {
      imported,
      importedShort: SHORT,
      long,
      short,
      variants: imported * 2,
      pageP50Ms: quantile(times, 0.5),
      pageP95Ms: quantile(times, 0.95),
      kernelMs: await kernelCostMs(COMMANDS),
    };
  } finally {
    await instance.stop();
  }
}

/** Walks through the catalogue, as somebody who scrolls. */
async function pageTimes(url: string, headers: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const times: number[] = [];
  let after = '';
  for (let page = -PAGES / 10; page < PAGES; page += 1) {
    const startedAt = performance.now();
    const answer = await fetch(`${url}?limit=${PAGE}&currency=USD${after === '' ? '' : `&after=${after}`}`, {
      headers,
    });
    // The service's own contract says what it answers.
    const body = (await answer.json()) as { readonly variants: readonly unknown[]; readonly next: string | null };
    if (body.variants.length < PAGE) throw new Error(`A page had ${body.variants.length} variants`);
    if (page >= 0) times.push(performance.now() - startedAt);
    after = body.next ?? '';
  }
  return times;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function judgeCatalogue(figures: CatalogueFigures): readonly Verdict[] {
  const { imported, long, short, variants, pageP95Ms, kernelMs } = figures;
  return [
    {
      what: `import of 50,000 products (at the pace of ${imported})`,
      got: (long.seconds * 50_000) / imported,
      wanted: 60,
      sense: 'most',
      unit: 's',
    },
    {
      what: `its memory beside an import of ${figures.importedShort}`,
      got: long.peakMiB / short.peakMiB,
      wanted: 1.25,
      sense: 'most',
      unit: '×',
    },
    {
      what: `${PAGE} of ${variants} variants with prices and stock (p95)`,
      got: pageP95Ms,
      wanted: 30,
      sense: 'most',
      unit: 'ms',
    },
    { what: 'CPU of a command beyond its SQL', got: kernelMs, wanted: 0.3, sense: 'most', unit: 'ms' },
  ];
}

export function describeCatalogue({ imported, long, short, pageP50Ms, pageP95Ms, kernelMs }: CatalogueFigures): string {
  return `catalogue: ${imported} products imported in ${long.seconds.toFixed(0)} s (${long.cpuSeconds.toFixed(0)} s of CPU) with ${long.peakMiB.toFixed(0)} MiB \
(${short.peakMiB.toFixed(0)} MiB for a short file); a page of ${PAGE} takes ${pageP50Ms.toFixed(1)} ms (p50), ${pageP95Ms.toFixed(1)} ms (p95); \
a command costs ${kernelMs.toFixed(3)} ms of CPU beyond its SQL`;
}
