import { expect, test } from 'vitest';
import { createLogger, wantsColour } from './logger.ts';
import type { Observation } from './observation.ts';

const answered: Observation = {
  kind: 'request.answered',
  requestId: 'r1',
  traceId: 'a'.repeat(32),
  project: 'default',
  service: 'data',
  method: 'GET',
  path: '/rest/v1/todos',
  status: 200,
  durationMs: 3.21,
  bytes: 120,
  role: 'anon',
  address: '127.0.0.1',
};

function linesOf(
  options: { level: 'debug' | 'info' | 'error' | 'silent'; format: 'json' | 'pretty'; colour?: boolean },
  ...observations: Observation[]
): string[] {
  const lines: string[] = [];
  const logger = createLogger({ ...options, destination: { write: (line: string) => lines.push(line) } });
  observations.forEach((observation) => logger.observe(observation));
  logger.flush();
  return lines;
}

test('an answered request is one JSON object on one line', () => {
  const [line, ...more] = linesOf({ level: 'info', format: 'json' }, answered);
  expect(more).toEqual([]);
  expect(line).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(line ?? '')).toMatchObject({
    level: 'info',
    kind: 'request.answered',
    requestId: 'r1',
    status: 200,
    role: 'anon',
    msg: 'GET /rest/v1/todos 200 in 3.2 ms, 120 B, anon',
  });
});

test('an answer that blames ourselves is an error, a refusal is not', () => {
  const [unavailable, refused] = linesOf(
    { level: 'info', format: 'json' },
    { ...answered, status: 503 },
    { ...answered, status: 401 },
  );
  expect(JSON.parse(unavailable ?? '')).toMatchObject({ level: 'error' });
  expect(JSON.parse(refused ?? '')).toMatchObject({ level: 'info' });
});

test('a level silences what is quieter', () => {
  const woken: Observation = { kind: 'project.woken', project: 'default' };
  expect(linesOf({ level: 'info', format: 'json' }, woken)).toEqual([]);
  expect(linesOf({ level: 'debug', format: 'json' }, woken)).toHaveLength(1);
  expect(linesOf({ level: 'silent', format: 'json' }, answered)).toEqual([]);
});

test('a failure keeps the reason and the cause behind it', () => {
  const error = new Error('could not answer', { cause: new Error('disk full') });
  const failed: Observation = {
    kind: 'request.failed',
    requestId: 'r2',
    traceId: 'b'.repeat(32),
    service: 'data',
    error,
  };
  const [line] = linesOf({ level: 'error', format: 'json' }, failed);
  expect(JSON.parse(line ?? '')).toMatchObject({
    error: { message: 'could not answer', cause: { message: 'disk full' } },
  });
  expect(linesOf({ level: 'error', format: 'pretty' }, failed)[0]).toContain('logger.test.ts');
});

test('a pretty line is plain text unless colour is asked for', () => {
  expect(linesOf({ level: 'info', format: 'pretty' }, answered)[0]).toMatch(
    /^\d\d:\d\d:\d\d info {2}GET \/rest\/v1\/todos 200 in 3\.2 ms, 120 B, anon\n$/,
  );
  expect(linesOf({ level: 'info', format: 'pretty', colour: true }, answered)[0]).toContain('\u001b[36m');
});

test('a burst is two lines: its first, and the number of the rest', () => {
  const refused: Observation = { kind: 'session.refused', database: 'shop', reason: 'queue-full' };
  const lines = linesOf({ level: 'info', format: 'json' }, refused, refused, refused);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'A call to shop was turned away: queue-full' },
    { msg: 'A call to shop was turned away: queue-full (2 times within a second)', count: 2 },
  ]);
});

test('control characters of a request never reach the terminal', () => {
  const [line] = linesOf({ level: 'info', format: 'pretty' }, { ...answered, path: '/a\u001b[2J\nfake' });
  expect(line).toContain('/a [2J fake');
  expect(line?.match(/\n/g)).toHaveLength(1);
});

test('colour needs a terminal and nobody who said no', () => {
  expect(wantsColour({ isTTY: true }, undefined)).toBe(true);
  expect(wantsColour({ isTTY: true }, '1')).toBe(false);
  expect(wantsColour({}, undefined)).toBe(false);
});
