/** A step of a plan, as `explain (format json)` has it. */
export interface PlanStep {
  /** `Index Scan using notes_pkey on public.notes` */
  readonly title: string;
  readonly startCost: number;
  readonly totalCost: number;
  readonly plannedRows: number;
  /** Measured, for each loop; null when it was only planned. */
  readonly actual: { readonly ms: number; readonly rows: number; readonly loops: number } | null;
  /** Conditions and keys: `Filter: (id > 3)`. */
  readonly notes: readonly string[];
  readonly steps: readonly PlanStep[];
}

export interface Plan {
  readonly root: PlanStep;
  readonly planningMs: number | null;
  readonly executionMs: number | null;
}

type Node = Readonly<Record<string, unknown>>;

/** What says why a step takes what it takes; everything else is in the raw answer. */
const NOTES = [
  'Filter',
  'Rows Removed by Filter',
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Sort Key',
  'Group Key',
  'Sort Method',
  'Sort Space Used',
  'Shared Hit Blocks',
  'Shared Read Blocks',
];

/** Reads what EXPLAIN answered; null when it is no plan. */
export function readPlan(text: string): Plan | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  const top: unknown = Array.isArray(found) ? found[0] : null;
  if (!isNode(top) || !isNode(top['Plan'])) return null;
  return {
    root: stepOf(top['Plan']),
    planningMs: numberOf(top['Planning Time']),
    executionMs: numberOf(top['Execution Time']),
  };
}

function stepOf(node: Node): PlanStep {
  const ms = numberOf(node['Actual Total Time']);
  const inner = Array.isArray(node['Plans']) ? node['Plans'].filter(isNode) : [];
  return {
    title: titleOf(node),
    startCost: numberOf(node['Startup Cost']) ?? 0,
    totalCost: numberOf(node['Total Cost']) ?? 0,
    plannedRows: numberOf(node['Plan Rows']) ?? 0,
    actual:
      ms === null ? null : { ms, rows: numberOf(node['Actual Rows']) ?? 0, loops: numberOf(node['Actual Loops']) ?? 1 },
    notes: NOTES.flatMap((name) => {
      const value = node[name];
      if (value === undefined || value === 0) return [];
      return [
        `${name}: ${Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)}`,
      ];
    }),
    steps: inner.map(stepOf),
  };
}

function titleOf(node: Node): string {
  const word = (name: string): string | null => (typeof node[name] === 'string' ? node[name] : null);
  const kind = [word('Join Type'), word('Node Type')].filter((part) => part !== null && part !== 'Inner').join(' ');
  const index = word('Index Name');
  const name = word('Relation Name') ?? word('Function Name') ?? word('CTE Name');
  const schema = word('Schema');
  const relation = name === null ? null : schema === null ? name : `${schema}.${name}`;
  return [kind, index === null ? null : `using ${index}`, relation === null ? null : `on ${relation}`]
    .filter((part) => part !== null)
    .join(' ');
}

/** The plan as lines, each step indented below the one it serves. */
export function planText({ root, planningMs, executionMs }: Plan): string {
  const lines: string[] = [];
  function add(step: PlanStep, depth: number): void {
    const indent = '  '.repeat(depth * 2);
    const cost = `(cost=${step.startCost.toFixed(2)}..${step.totalCost.toFixed(2)} rows=${step.plannedRows})`;
    const { actual } = step;
    const measured =
      actual === null ? '' : ` (actual time=${actual.ms.toFixed(3)} rows=${actual.rows} loops=${actual.loops})`;
    lines.push(`${indent}${depth === 0 ? '' : '-> '}${step.title}  ${cost}${measured}`);
    for (const note of step.notes) lines.push(`${indent}   ${note}`);
    for (const inner of step.steps) add(inner, depth + 1);
  }
  add(root, 0);
  if (planningMs !== null) lines.push(`Planning time: ${planningMs.toFixed(3)} ms`);
  if (executionMs !== null) lines.push(`Execution time: ${executionMs.toFixed(3)} ms`);
  return lines.join('\n');
}

/** How much of the whole a step took without those below it, from 0 to 1. */
export function ownShare(step: PlanStep, root: PlanStep): number {
  const weight = ({ actual, totalCost }: PlanStep): number => (actual === null ? totalCost : actual.ms * actual.loops);
  const whole = weight(root);
  if (whole <= 0) return 0;
  const below = step.steps.reduce((sum, inner) => sum + weight(inner), 0);
  return Math.min(1, Math.max(0, (weight(step) - below) / whole));
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
