import type { Comparison } from './measure/compare-scenario.ts';
import type { ProcessMemory } from './measure/memory.ts';
import type { SignInFigures } from './measure/sign-in.ts';

export interface Findings {
  readonly freshStartMs: number;
  readonly warmStartMs: number;
  readonly idle: readonly ProcessMemory[];
  readonly afterLoad: readonly ProcessMemory[];
  readonly comparisons: readonly Comparison[];
  readonly signIn: SignInFigures;
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
  return [
    { what: 'read / bare node:http', got: ratio('read', 'bare'), wanted: 0.25, sense: 'least', unit: '×' },
    { what: 'read / pool of ten', got: ratio('read', 'pool'), wanted: 2.5, sense: 'least', unit: '×' },
    { what: 'read / PostgREST', got: ratio('read', 'postgrest'), wanted: 5, sense: 'least', unit: '×' },
    { what: 'page / PostgREST', got: ratio('page', 'postgrest'), wanted: 3, sense: 'least', unit: '×' },
    { what: 'insert / pipelined driver', got: ratio('insert', 'driver'), wanted: 0.5, sense: 'least', unit: '×' },
    { what: 'empty folder to first read', got: findings.freshStartMs / 1000, wanted: 10, sense: 'most', unit: 's' },
    { what: 'warm start to first read', got: findings.warmStartMs / 1000, wanted: 2.5, sense: 'most', unit: 's' },
    { what: 'idle memory (PSS)', got: totalMiB(findings.idle), wanted: 200, sense: 'most', unit: 'MiB' },
  ];
}

function isMet({ got, wanted, sense }: Verdict): boolean {
  return sense === 'least' ? got >= wanted : got <= wanted;
}

export function writeReport(findings: Findings): string {
  const { signIn, idle, afterLoad } = findings;
  const speeds = table([
    ['per second', 'ours', 'bare http', 'driver', 'pool', 'PostgREST'],
    ...findings.comparisons.map(({ scenario, ours, bare, driver, pool, postgrest }) => [
      scenario.title,
      ...[ours, bare, driver, pool, postgrest].map((value) => value.toFixed(0)),
    ]),
  ]);
  const verdicts = table([
    ['figure', 'got', 'wanted', ''],
    ...judge(findings).map((verdict) => [
      verdict.what,
      `${verdict.got.toFixed(2)} ${verdict.unit}`,
      `${verdict.sense === 'least' ? '≥' : '≤'} ${verdict.wanted} ${verdict.unit}`,
      isMet(verdict) ? 'met' : 'MISSED',
    ]),
  ]);
  return `${speeds}

sign-in ${signIn.signInMs.toFixed(1)} ms, of which the hash ${signIn.hashMs.toFixed(1)} ms; \
at once ${signIn.signInsPerSecond.toFixed(0)}/s, the hash alone ${signIn.hashesPerSecond.toFixed(0)}/s
p99 of a read ${signIn.readP99Ms} ms, beside sign-ins ${signIn.readP99BesideMs} ms
memory: idle ${totalMiB(idle).toFixed(0)} MiB in ${idle.length} processes (node ${nodeMiB(idle).toFixed(0)} MiB), \
after the load ${totalMiB(afterLoad).toFixed(0)} MiB (node ${nodeMiB(afterLoad).toFixed(0)} MiB)

${verdicts}
`;
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
