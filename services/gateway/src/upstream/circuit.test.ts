import { expect, test } from 'vitest';
import { Circuit } from './circuit.ts';

function failTimes(circuit: Circuit, times: number): void {
  for (let time = 0; time < times; time += 1) circuit.failed();
}

test('an upstream is left alone after five failures in a row', () => {
  const circuit = new Circuit(() => 0);
  failTimes(circuit, 4);
  expect(circuit.waitMs()).toBe(0);
  circuit.failed();
  expect(circuit.waitMs()).toBe(500);
});

test('one caller per pause tries again, and success ends the matter', () => {
  let now = 0;
  const circuit = new Circuit(() => now);
  failTimes(circuit, 5);
  now = 500;
  expect(circuit.waitMs()).toBe(0);
  expect(circuit.waitMs()).toBeGreaterThan(0);
  circuit.succeeded();
  expect(circuit.waitMs()).toBe(0);
});

test('pauses grow with every failed try, to a bound', () => {
  const circuit = new Circuit(() => 0);
  failTimes(circuit, 6);
  expect(circuit.waitMs()).toBe(1000);
  failTimes(circuit, 100);
  expect(circuit.waitMs()).toBe(15_000);
});
