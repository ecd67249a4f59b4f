import { type CatalogueFigures, describeCatalogue, judgeCatalogue } from './catalogue/measure-catalogue.ts';
import type { BulkInsertFigures } from './measure/bulk-insert.ts';
import type { Comparison } from './measure/compare-scenario.ts';
import type { CpuPerRequest } from './measure/cpu.ts';
import type { FileFigures } from './measure/files.ts';
import type { GraphqlFigures } from './measure/graphql.ts';
import type { JobFigures } from './measure/jobs.ts';
import type { LogStreamFigures } from './measure/log-stream.ts';
import type { MailFigures } from './measure/mails.ts';
import type { ProcessMemory } from './measure/memory.ts';
import type { RefreshFigures } from './measure/refresh.ts';
import type { OverloadFigures } from './measure/overload.ts';
import type { RealtimeFigures } from './realtime/measure-realtime.ts';
import type { RowSecurityFigures } from './measure/row-security.ts';
import type { SignInFigures } from './measure/sign-in.ts';
import type { WebhookFigures } from './measure/webhooks.ts';
import { describeOrders, judgeOrders, type OrderFigures } from './orders/measure-orders.ts';
import { describeStock, judgeStock, type StockFigures } from './stock/measure-stock.ts';

export interface Findings {
  readonly catalogue: CatalogueFigures;
  readonly freshStartMs: number;
  readonly warmStartMs: number;
  readonly idle: readonly ProcessMemory[];
  readonly afterLoad: readonly ProcessMemory[];
  readonly comparisons: readonly Comparison[];
  /** One for each comparison, in their order. */
  readonly cpu: readonly CpuPerRequest[];
  readonly graphql: GraphqlFigures;
  readonly rowSecurity: RowSecurityFigures;
  readonly bulkInsert: BulkInsertFigures;
  readonly signIn: SignInFigures;
  readonly refresh: RefreshFigures;
  /** From the answer to a sign-out until its token is refused. */
  readonly revokedP95Ms: number;
  readonly files: FileFigures;
  readonly overload: OverloadFigures;
  readonly logStream: LogStreamFigures;
  /** Emitted in SQL and handled in batches. */
  readonly eventsPerSecond: number;
  readonly mails: MailFigures;
  readonly realtime: RealtimeFigures;
  readonly jobs: JobFigures;
  readonly webhooks: WebhookFigures;
  readonly stock: StockFigures;
  readonly orders: OrderFigures;
}

/** One line of the closing table. */
export interface Verdict {
  readonly what: string;
  readonly got: number;
  readonly wanted: number;
  /** `least`: got must not be below wanted. */
  readonly sense: 'least' | 'most';
  readonly unit: string;
}

export function judge(findings: Findings): readonly Verdict[] {
  const of = (name: string): Comparison | undefined =>
    findings.comparisons.find(({ scenario }) => scenario.name === name);
  const ratio = (name: string, rival: 'bare' | 'driver' | 'pool' | 'postgrest'): number => {
    const comparison = of(name);
    return comparison === undefined ? Number.NaN : comparison.ours / comparison[rival];
  };
  const { graphql, rowSecurity, bulkInsert, overload } = findings;
  return [
    ...judgeFiles(findings.files),
    { what: 'read / bare node:http', got: ratio('read', 'bare'), wanted: 0.3, sense: 'least', unit: '×' },
    { what: 'read / pool of ten', got: ratio('read', 'pool'), wanted: 2.5, sense: 'least', unit: '×' },
    { what: 'read / PostgREST', got: ratio('read', 'postgrest'), wanted: 6, sense: 'least', unit: '×' },
    { what: 'page / PostgREST', got: ratio('page', 'postgrest'), wanted: 3, sense: 'least', unit: '×' },
    { what: 'two embeds / pipelined driver', got: ratio('tree', 'driver'), wanted: 0.7, sense: 'least', unit: '×' },
    { what: 'insert / pipelined driver', got: ratio('insert', 'driver'), wanted: 0.5, sense: 'least', unit: '×' },
    { what: 'refresh / single-row read', got: refreshRatio(findings), wanted: 0.4, sense: 'least', unit: '×' },
    { what: 'sign-out to refusal, p95', got: findings.revokedP95Ms, wanted: 1_000, sense: 'most', unit: 'ms' },
    {
      what: '10,000 rows / multi-row INSERT',
      got: bulkInsert.ours / bulkInsert.driver,
      wanted: 0.6,
      sense: 'least',
      unit: '×',
    },
    { what: 'GraphQL / REST', got: graphql.graphql / graphql.rest, wanted: 0.8, sense: 'least', unit: '×' },
    {
      what: 'cost of row-level security',
      got: rowSecurity.withoutPolicy / rowSecurity.underPolicy,
      wanted: 1.3,
      sense: 'most',
      unit: '×',
    },
    { what: 'overload: p99 of the admitted', got: overload.admittedP99Ms, wanted: 500, sense: 'most', unit: 'ms' },
    { what: 'overload: failures but 503', got: overload.failures, wanted: 0, sense: 'most', unit: '' },
    { what: 'overload: 503 without Retry-After', got: overload.withoutRetryAfter, wanted: 0, sense: 'most', unit: '' },
    {
      what: 'second after overload / before',
      got: overload.after / overload.before,
      wanted: 0.8,
      sense: 'least',
      unit: '×',
    },
    {
      what: 'changes of large transactions read from the log',
      got: findings.logStream.inOneTransaction,
      wanted: 50_000,
      sense: 'least',
      unit: '/s',
    },
    {
      what: 'changes of small transactions read from the log',
      got: findings.logStream.inOneEach,
      wanted: 50_000,
      sense: 'least',
      unit: '/s',
    },
    {
      what: 'webhooks delivered to one receiver',
      got: findings.webhooks.deliveriesPerSecond,
      wanted: 1_000,
      sense: 'least',
      unit: '/s',
    },
    {
      what: 'webhooks delivered to four receivers',
      got: findings.webhooks.toFourPerSecond,
      wanted: 1_000,
      sense: 'least',
      unit: '/s',
    },
    {
      what: 'events emitted and handled in batches',
      got: findings.eventsPerSecond,
      wanted: 5_000,
      sense: 'least',
      unit: '/s',
    },
    { what: 'mails rendered and sent', got: findings.mails.perSecond, wanted: 200, sense: 'least', unit: '/s' },
    {
      what: 'memory of the server at its peak / with a fifth of the mails sent',
      got: findings.mails.peakMiB / findings.mails.warmMiB,
      wanted: 1.25,
      sense: 'most',
      unit: '×',
    },
    ...judgeRealtime(findings.realtime),
    ...judgeCatalogue(findings.catalogue),
    ...judgeStock(findings.stock),
    ...judgeOrders(findings.orders),
    { what: 'jobs, added and done', got: findings.jobs.jobsPerSecond, wanted: 3_000, sense: 'least', unit: '/s' },
    { what: 'start of a job (p50)', got: findings.jobs.startP50Ms, wanted: 10, sense: 'most', unit: 'ms' },
    { what: 'empty folder to first read', got: findings.freshStartMs / 1000, wanted: 10, sense: 'most', unit: 's' },
    { what: 'warm start to first read', got: findings.warmStartMs / 1000, wanted: 2.5, sense: 'most', unit: 's' },
    { what: 'idle memory (PSS)', got: totalMiB(findings.idle), wanted: 200, sense: 'most', unit: 'MiB' },
  ];
}

function judgeRealtime({
  idleP95Ms,
  groups,
  deliveriesPerSecond,
  storm,
  idleSocketsMiB,
}: RealtimeFigures): readonly Verdict[] {
  return [
    { what: 'idle: p95 from write to subscriber', got: idleP95Ms, wanted: 50, sense: 'most', unit: 'ms' },
    { what: '500 subscribers in 50 groups, changes', got: groups.perSecond, wanted: 490, sense: 'least', unit: '/s' },
    { what: 'p95 from write to subscriber there', got: groups.p95Ms, wanted: 200, sense: 'most', unit: 'ms' },
    { what: 'deliveries that did not come there', got: groups.missing, wanted: 0, sense: 'most', unit: '' },
    { what: 'deliveries of broadcasts', got: deliveriesPerSecond, wanted: 20_000, sense: 'least', unit: '/s' },
    { what: '2,000 clients join a table', got: storm.seconds, wanted: 10, sense: 'most', unit: 's' },
    { what: 'of whom not let in', got: storm.errors, wanted: 0, sense: 'most', unit: '' },
    { what: '5,000 idle clients (PSS)', got: idleSocketsMiB, wanted: 150, sense: 'most', unit: 'MiB' },
  ];
}

export function judgeFiles(files: FileFigures): readonly Verdict[] {
  return [
    {
      what: '1 MiB up / bare file server',
      got: files.uploads / files.bareUploads,
      wanted: 0.4,
      sense: 'least',
      unit: '×',
    },
    {
      what: '1 MiB down / bare file server',
      got: files.downloads / files.bareDownloads,
      wanted: 0.7,
      sense: 'least',
      unit: '×',
    },
    {
      what: 'signed address / single-row read',
      got: files.signings / files.reads,
      wanted: 0.8,
      sense: 'least',
      unit: '×',
    },
    {
      what: `1,000 objects listed of ${files.listedOf}`,
      got: files.listMs,
      wanted: 50,
      sense: 'most',
      unit: 'ms',
    },
    {
      what: 'thumbnail of 12 megapixels',
      got: files.thumbnailMs,
      wanted: 250,
      sense: 'most',
      unit: 'ms',
    },
  ];
}

function refreshRatio({ refresh }: Findings): number {
  return refresh.refreshesPerSecond / refresh.readsPerSecond;
}

function isMet({ got, wanted, sense }: Verdict): boolean {
  return sense === 'least' ? got >= wanted : got <= wanted;
}

export function writeReport(findings: Findings): string {
  const { signIn, idle, afterLoad, graphql, rowSecurity, bulkInsert, overload, files } = findings;
  const speeds = table([
    ['per second', 'ours', 'bare http', 'driver', 'pool', 'PostgREST'],
    ...findings.comparisons.map(({ scenario, ours, bare, driver, pool, postgrest }) => [
      scenario.title,
      ...[ours, bare, driver, pool, postgrest].map((value) => value.toFixed(0)),
    ]),
  ]);
  const cpu = table([
    ['CPU per request in µs', 'server', 'PostgreSQL', 'load'],
    ...findings.cpu.map(({ server, postgres, load }, index) => [
      findings.comparisons[index]?.scenario.title ?? '',
      ...[server, postgres, load].map((value) => value.toFixed(0)),
    ]),
  ]);
  return `${speeds}

${cpu}

25 rows with one embedded relation: REST ${graphql.rest.toFixed(0)}/s, GraphQL ${graphql.graphql.toFixed(0)}/s
25 rows of one owner: under a policy ${rowSecurity.underPolicy.toFixed(0)}/s, past it ${rowSecurity.withoutPolicy.toFixed(0)}/s
10,000 rows at once: ${bulkInsert.ours.toFixed(1)}/s, as a list of rows ${bulkInsert.driver.toFixed(1)}/s
overload: of ${overload.asked}/s asked for on 2,000 connections ${overload.admitted.toFixed(0)}/s answered, ${overload.refused} told to come again
${describeFiles(files)}
${describeCatalogue(findings.catalogue)}
${describeStock(findings.stock)}
${describeOrders(findings.orders)}
sign-in ${signIn.signInMs.toFixed(1)} ms, of which the hash ${signIn.hashMs.toFixed(1)} ms; \
at once ${signIn.signInsPerSecond.toFixed(0)}/s, the hash alone ${signIn.hashesPerSecond.toFixed(0)}/s
p99 of a read ${signIn.readP99Ms} ms, beside sign-ins ${signIn.readP99BesideMs} ms
changes a second that 500 subscribers have within 200 ms: ${highestRates(findings.realtime)}
memory: idle ${totalMiB(idle).toFixed(0)} MiB in ${idle.length} processes (node ${nodeMiB(idle).toFixed(0)} MiB), \
after the load ${totalMiB(afterLoad).toFixed(0)} MiB (node ${nodeMiB(afterLoad).toFixed(0)} MiB)

${writeVerdicts(judge(findings))}
`;
}

export function describeFiles(files: FileFigures): string {
  return `files of 1 MiB: up ${files.uploads.toFixed(0)}/s beside ${files.bareUploads.toFixed(0)}/s, \
down ${files.downloads.toFixed(0)}/s beside ${files.bareDownloads.toFixed(0)}/s; \
addresses signed ${files.signings.toFixed(0)}/s beside ${files.reads.toFixed(0)}/s reads; \
a thumbnail from the cache ${files.cachedThumbnailMs.toFixed(1)} ms`;
}

export function writeVerdicts(verdicts: readonly Verdict[]): string {
  return table([
    ['figure', 'got', 'wanted', ''],
    ...verdicts.map((verdict) => [
      verdict.what,
      `${verdict.got.toFixed(2)} ${verdict.unit}`,
      `${verdict.sense === 'least' ? '≥' : '≤'} ${verdict.wanted} ${verdict.unit}`,
      isMet(verdict) ? 'met' : 'MISSED',
    ]),
  ]);
}

function highestRates({ highestRates: rates }: RealtimeFigures): string {
  if (rates.length === 0) return 'not measured in a quick run';
  return rates.map(({ groups, perSecond }) => `${perSecond.toFixed(0)} in ${groups} groups`).join(', ');
}

function totalMiB(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, { pssMiB }) => sum + pssMiB, 0);
}

function nodeMiB(processes: readonly ProcessMemory[]): number {
  return totalMiB(processes.filter(({ name }) => name.endsWith('node')));
}

function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
