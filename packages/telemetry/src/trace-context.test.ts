import { expect, test } from 'vitest';
import { continueTrace, formatTraceparent } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = `00-${traceId}-00f067aa0ba902b7-01`;

test('a caller’s trace goes on under a span of our own', () => {
  const trace = continueTrace(parent, 'vendor=1');
  expect(trace).toMatchObject({ traceId, sampled: true, tracestate: 'vendor=1' });
  expect(formatTraceparent(trace)).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
});

test.each([
  undefined,
  '',
  'x',
  `ff-${traceId}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
])('%j begins a trace of its own, without its state', (header) => {
  const trace = continueTrace(header, 'vendor=1');
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(traceId);
  expect(trace).toMatchObject({ sampled: false, tracestate: undefined });
});

test('no two requests share a span', () => {
  const spans = new Set(Array.from({ length: 2000 }, () => continueTrace(parent, undefined).spanId));
  expect(spans.size).toBe(2000);
});
