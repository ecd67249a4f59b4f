import { expect, test } from 'vitest';
import { ownShare, planText, readPlan } from './plan.ts';

const ANALYZED = JSON.stringify([
  {
    Plan: {
      'Node Type': 'Hash Join',
      'Join Type': 'Left',
      'Startup Cost': 1,
      'Total Cost': 10,
      'Plan Rows': 5,
      'Actual Total Time': 8,
      'Actual Rows': 4,
      'Actual Loops': 1,
      'Hash Cond': '(o.customer = c.id)',
      Plans: [
        {
          'Node Type': 'Seq Scan',
          Schema: 'public',
          'Relation Name': 'orders',
          'Startup Cost': 0,
          'Total Cost': 6,
          'Plan Rows': 50,
          'Actual Total Time': 3,
          'Actual Rows': 50,
          'Actual Loops': 2,
          Filter: '(total > 10)',
          'Rows Removed by Filter': 7,
        },
      ],
    },
    'Planning Time': 0.25,
    'Execution Time': 9,
  },
]);

test('a plan is read as a tree, with what its steps wait for', () => {
  const plan = readPlan(ANALYZED);
  expect(plan).toMatchObject({ planningMs: 0.25, executionMs: 9, root: { title: 'Left Hash Join' } });
  expect(plan?.root.steps[0]).toMatchObject({
    title: 'Seq Scan on public.orders',
    actual: { ms: 3, rows: 50, loops: 2 },
    notes: ['Filter: (total > 10)', 'Rows Removed by Filter: 7'],
  });
});

test('the share of a step leaves out those below it and counts loops', () => {
  const root = readPlan(ANALYZED)?.root;
  if (root === undefined) throw new Error('There is no plan');
  const [scan] = root.steps;
  expect(ownShare(root, root)).toBe(0.25);
  expect(scan && ownShare(scan, root)).toBe(0.75);
});

test('as text every step stands below the one it serves', () => {
  const plan = readPlan(ANALYZED);
  expect(plan === null ? '' : planText(plan))
    .toBe(`Left Hash Join  (cost=1.00..10.00 rows=5) (actual time=8.000 rows=4 loops=1)
   Hash Cond: (o.customer = c.id)
    -> Seq Scan on public.orders  (cost=0.00..6.00 rows=50) (actual time=3.000 rows=50 loops=2)
       Filter: (total > 10)
       Rows Removed by Filter: 7
Planning time: 0.250 ms
Execution time: 9.000 ms`);
});

test('what is no plan is none', () => {
  expect(readPlan('[{"a":1}]')).toBeNull();
  expect(readPlan('oops')).toBeNull();
});
