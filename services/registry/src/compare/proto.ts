import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from '../parse/parse-proto.ts';
import type { Findings } from './changes.ts';

/** What became of a `.proto` file, on the wire and for code made from it. */
export function compareProto(before: ProtoFile, after: ProtoFile, findings: Findings): void {
  if (before.package !== after.package) {
    findings.add('breaking', 'package-changed', 'package', `is ${after.package}, was ${before.package}`);
  }
  if (before.syntax !== after.syntax) {
    findings.add('breaking', 'syntax-changed', 'syntax', `is ${after.syntax}, was ${before.syntax}`);
  }
  each('message', before.messages, after.messages, findings, (a, b) => compareMessages(a, b, findings));
  each('enum', before.enums, after.enums, findings, (a, b) => compareEnums(a, b, findings));
  each('service', before.services, after.services, findings, (a, b, service) => {
    each(
      'method',
      a,
      b,
      findings,
      (old, now, name) => {
        for (const part of ['input', 'output', 'streams'] as const) {
          if (old[part] === now[part]) continue;
          const message = `its ${part} is ${now[part]}, was ${old[part]}`;
          findings.add('breaking', 'method-changed', `${service}.${name}`, message);
        }
      },
      service,
    );
  });
}

function each<Value>(
  what: string,
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  findings: Findings,
  compare: (a: Value, b: Value, name: string) => void,
  outer = '',
): void {
  const at = (name: string): string => (outer === '' ? name : `${outer}.${name}`);
  for (const [name, value] of before) {
    findings.step();
    const next = after.get(name);
    if (next === undefined) findings.add('breaking', `${what}-removed`, at(name), `${what} is gone`);
    else compare(value, next, name);
  }
  for (const name of after.keys()) {
    if (!before.has(name)) findings.add('compatible', `${what}-added`, at(name), `${what} is new`);
  }
}

function compareMessages(a: ProtoMessage, b: ProtoMessage, findings: Findings): void {
  const now = new Map(b.fields.map((field) => [field.number, field]));
  const numbers = new Set(a.fields.map(({ number }) => number));
  for (const field of a.fields) {
    findings.step();
    const at = `${a.name}.${field.name}`;
    const next = now.get(field.number);
    const moved = b.fields.find(({ name }) => name === field.name);
    if (next !== undefined) compareFields(field, next, at, findings);
    else if (moved !== undefined) {
      findings.add('breaking', 'number-changed', at, `has number ${moved.number}, had ${field.number}`);
    } else
      findings.add('breaking', 'member-removed', at, `is gone; its number ${field.number} is not to be used again`);
  }
  for (const field of b.fields) {
    if (numbers.has(field.number) || a.fields.some(({ name }) => name === field.name)) continue;
    const at = `${b.name}.${field.name}`;
    const wasReserved = a.reserved.some(([from, to]) => field.number >= from && field.number <= to);
    if (wasReserved) findings.add('breaking', 'number-reused', at, `has number ${field.number}, which was reserved`);
    else if (field.label === 'required') findings.add('breaking', 'input-required', at, 'is new and has to be given');
    else findings.add('compatible', 'member-added', at, 'is new');
  }
}

function compareFields(a: ProtoField, b: ProtoField, at: string, findings: Findings): void {
  if (a.name !== b.name) {
    const reused = a.type !== b.type || a.label !== b.label;
    const code = reused ? 'number-reused' : 'member-renamed';
    findings.add('breaking', code, at, `number ${a.number} is ${b.type} ${b.name} now`);
    return;
  }
  if (a.type !== b.type) findings.add('breaking', 'type-changed', at, `is ${b.type}, was ${a.type}`);
  if (a.label !== b.label) {
    // Present or not is told apart since; what is on the wire is the same.
    const harmless = a.label === 'one' && b.label === 'optional';
    findings.add(harmless ? 'compatible' : 'breaking', 'label-changed', at, `is ${b.label}, was ${a.label}`);
  }
  if (a.oneof !== b.oneof) findings.add('breaking', 'oneof-changed', at, `belongs to ${b.oneof ?? 'no'} oneof now`);
}

function compareEnums(a: ProtoEnum, b: ProtoEnum, findings: Findings): void {
  for (const [name, number] of a.values) {
    const next = b.values.get(name);
    if (next === number) continue;
    const message = next === undefined ? 'is gone' : `is ${next}, was ${number}`;
    findings.add('breaking', next === undefined ? 'value-removed' : 'value-changed', `${a.name}.${name}`, message);
  }
  for (const name of b.values.keys()) {
    // Readers of enums have to expect values they do not know.
    if (!a.values.has(name)) findings.add('compatible', 'value-added', `${a.name}.${name}`, 'is new');
  }
}
