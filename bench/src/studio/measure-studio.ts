import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '@ashlar/testing';
import { type Instance, type InstanceFolder, startInstance } from '../instance/instance.ts';
import type { Effort } from '../measure/compare-scenario.ts';
import type { Verdict } from '../report.ts';
import { pasteCells, type Pasting, scrollGrid, type Scrolling } from './drive-grid.ts';
import { type FileImport, importFile } from './import-file.ts';
import { openSession, type StudioSession } from './studio-session.ts';

export interface StudioFigures {
  /** Of the table that is scrolled. */
  readonly rows: number;
  /** 700 rows with two links and three columns of what they point to: one hundred of them. */
  readonly linkedP50Ms: number;
  readonly linkedP95Ms: number;
  readonly short: FileImport;
  readonly long: FileImport;
  /** Null where no browser runs. */
  readonly scrolling: readonly Scrolling[] | null;
  readonly paste: Pasting | null;
}

const ROUNDS_OF_FULL = 5;
const ROWS = 1_000_000;
const ROWS_QUICK = 100_000;
const COLUMNS = 30;
const LINKED_PAGES = 100;
const IMPORTED = 191_000;
const IMPORTED_SHORT = 19_100;
const PASTED = { rows: 2_000, columns: 25 };
const SETTLE_MS = 1_500;

const LINKED = `
  create table makers (id bigint primary key, name text, country text);
  create table kinds (id bigint primary key, label text);
  create table things (id bigint primary key, name text, maker_id bigint references makers, kind_id bigint references kinds);
  insert into makers select n, 'Maker ' || n, 'Country ' || n % 20 from generate_series(1, 100) n;
  insert into kinds select n, 'Kind ' || n from generate_series(1, 20) n;
  insert into things select n, 'Thing ' || n, 1 + n % 100, 1 + n % 20 from generate_series(1, 700) n`;
const LINKED_PATH = '/rest/v1/things?select=*,makers(name,country),kinds(label)&order=id&limit=100&offset=';

/** What people do in Studio, on an instance of its own. */
export async function measureStudio(folder: Omit<InstanceFolder, 'flags'>, effort: Effort): Promise<StudioFigures> {
  const rows = effort.rounds >= ROUNDS_OF_FULL ? ROWS : ROWS_QUICK;
  const instance = await startInstance(folder);
  try {
    const session = await openSession(instance, folder.dataDir);
    await session.sql(LINKED);
    const linked = await linkedTimes(instance);
    const short = await importFile(instance, session, 'short_file', IMPORTED_SHORT);
    const long = await importFile(instance, session, 'long_file', IMPORTED);
    await makeWideTables(session, rows);
    const driven = await driveBrowser(instance, session);
    return {
      rows,
      linkedP50Ms: quantile(linked, 0.5),
      linkedP95Ms: quantile(linked, 0.95),
      short,
      long,
      scrolling: driven?.scrolling ?? null,
      paste: driven?.paste ?? null,
    };
  } finally {
    await instance.stop();
  }
}

async function linkedTimes(instance: Instance): Promise<readonly number[]> {
  const headers = { apikey: instance.keys.keys.serviceRoleKey };
  const times: number[] = [];
  for (let page = -LINKED_PAGES / 10; page < LINKED_PAGES; page += 1) {
    const startedAt = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after another, as somebody who scrolls
    const answer = await fetch(`${instance.url}${LINKED_PATH}${(Math.abs(page) % 6) * 100}`, { headers });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const found = (await answer.json()) as readonly unknown[];
    if (found.length !== 100) throw new Error(`A page had ${found.length} rows`);
    if (page >= 0) times.push(performance.now() - startedAt);
  }
  return times;
}

/** An expression of a type that depends on the column. */
function valueOf(at: number): string {
  const all = [
    `'Customer ' || n`,
    `n * ${at}`,
    '(n % 1000) + 0.25',
    `date '2020-01-01' + n % 2000`,
    `n % ${at + 2} = 0`,
  ];
  return all[at % all.length] ?? 'n';
}

/** One to scroll, with values of several types, and one to paste into. */
async function makeWideTables(session: StudioSession, rows: number): Promise<void> {
  const columns = Array.from({ length: COLUMNS - 1 }, (_, at) => `${valueOf(at)} as field_${at}`).join(', ');
  await session.sql(
    `create table wide as select n as id, ${columns} from generate_series(1, ${rows}) n; alter table wide add primary key (id)`,
  );
  await session.sql('analyze wide');
  const texts = Array.from({ length: PASTED.columns }, (_, at) => `field_${at} text default 'before'`).join(', ');
  await session.sql(
    `create table pasted (id bigint primary key, ${texts}); insert into pasted (id) select generate_series(1, ${PASTED.rows})`,
  );
}

async function driveBrowser(
  instance: Instance,
  { email, password }: StudioSession,
): Promise<{ readonly scrolling: readonly Scrolling[]; readonly paste: Pasting } | null> {
  const browser = await launchBrowser();
  if ('absent' in browser) return null;
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(120_000);
    await page.goto(`${instance.url}/studio/sign-in`);
    await page.fill('input[type=email]', email);
    await page.fill('input[type=password]', password);
    await page.keyboard.press('Enter');
    await page.waitForURL((at) => !at.pathname.includes('sign-in'));
    const session = await page.context().newCDPSession(page);
    // Time the processor spent, not time that passed, so that what else runs on the machine does not count.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });

    await page.goto(`${instance.url}/studio/projects/default/tables/public/wide`);
    await page.getByRole('gridcell', { name: 'Customer 1', exact: true }).first().waitFor();
    await sleep(SETTLE_MS);
    const scrolling: Scrolling[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time, or they would disturb each other
    for (const pixels of [120, 20_000]) scrolling.push(await scrollGrid(page, session, pixels));

    await page.goto(`${instance.url}/studio/projects/default/tables/public/pasted`);
    const first = page.getByRole('gridcell', { name: 'before', exact: true }).first();
    await first.click();
    await sleep(SETTLE_MS);
    const paste = await pasteCells({ page, session, instance }, PASTED.rows, PASTED.columns);
    return { scrolling, paste };
  } finally {
    await browser.close();
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function judgeStudio({ rows, linkedP95Ms, short, long, scrolling, paste }: StudioFigures): readonly Verdict[] {
  return [
    ...(scrolling ?? []).flatMap(({ pixels, busy, slowFrames }): readonly Verdict[] => [
      {
        what: `main thread while ${rows} rows are scrolled, ${pixels} px a frame`,
        got: busy * 100,
        wanted: 35,
        sense: 'most',
        unit: '%',
      },
      { what: 'its frames over 32 ms', got: slowFrames * 100, wanted: 1, sense: 'most', unit: '%' },
    ]),
    ...(paste === null
      ? []
      : ([
          {
            what: `${paste.cells} cells pasted and saved`,
            got: paste.milliseconds,
            wanted: 2_000,
            sense: 'most',
            unit: 'ms',
          },
        ] as const)),
    {
      what: '100 of 700 rows with 2 links and 3 lookups (p95)',
      got: linkedP95Ms,
      wanted: 150,
      sense: 'most',
      unit: 'ms',
    },
    { what: `import of ${long.rows} rows`, got: long.seconds, wanted: 30, sense: 'most', unit: 's' },
    {
      what: `memory the server grows by, beyond that of ${short.rows} rows`,
      got: long.grownMiB - short.grownMiB,
      wanted: 50,
      sense: 'most',
      unit: 'MiB',
    },
  ];
}

export function describeStudio({ linkedP50Ms, short, long, scrolling, paste }: StudioFigures): string {
  const scrolled = (scrolling ?? []).map(
    ({ pixels, busy, framesPerSecond }) =>
      `${pixels} px a frame ${(busy * 100).toFixed(0)} % busy at ${framesPerSecond.toFixed(0)} frames a second`,
  );
  const pasted =
    paste === null
      ? 'no browser runs here'
      : `${paste.cells} cells pasted in ${paste.milliseconds.toFixed(0)} ms (${paste.cpuMs.toFixed(0)} ms of CPU)`;
  return `studio: ${[...scrolled, pasted].join('; ')}; a page with links takes ${linkedP50Ms.toFixed(1)} ms (p50); \
${long.rows} rows imported in ${long.seconds.toFixed(1)} s (${long.cpuSeconds.toFixed(1)} s of CPU), \
the server grew by ${long.grownMiB.toFixed(0)} MiB (${short.grownMiB.toFixed(0)} MiB for ${short.rows})`;
}
