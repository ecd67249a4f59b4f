import { canonicalJson, isObject, type JsonObject, objectAt, resolvePointer } from '../parse/json-document.ts';
import type { Findings } from './changes.ts';
import { compareSchemas, type Direction } from './json-schema.ts';
import { SeenPairs } from './seen-pairs.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
/** What of an operation is a promise, beside its inputs and outputs. */
const NAMES = ['operationId', 'x-ashlar-use-case', 'x-ashlar-permission'] as const;

interface Documents {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly findings: Findings;
}

/** What became of the operations of an OpenAPI document. */
export function compareOpenApi(before: JsonObject, after: JsonObject, findings: Findings): void {
  const documents = { before, after, findings };
  const [old, now] = [operationsOf(before), operationsOf(after)];
  for (const [at, operation] of old) {
    const next = now.get(at);
    if (next === undefined) findings.add('breaking', 'operation-removed', at, 'is gone');
    else compareOperations(documents, operation, next, at);
  }
  for (const at of now.keys()) {
    if (!old.has(at)) findings.add('compatible', 'operation-added', at, 'is new');
  }
  if (canonicalJson(before.info ?? null) !== canonicalJson(after.info ?? null)) {
    findings.add('note', 'words', 'info', 'title, version or description has changed');
  }
}

interface Operation {
  readonly operation: JsonObject;
  readonly parameters: ReadonlyMap<string, JsonObject>;
  readonly security: string;
}

/** By method and path; names of parameters in paths are nobody's business. */
function operationsOf(document: JsonObject): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>();
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) {
    const shared = deref(document, item);
    for (const method of METHODS) {
      if (!isObject(shared[method])) continue;
      const operation = shared[method];
      const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
      const parameters = new Map<string, JsonObject>();
      for (const list of [shared.parameters, operation.parameters]) {
        for (const one of Array.isArray(list) ? list : []) {
          const parameter = deref(document, one);
          const place = parameter.in === 'path' ? names.indexOf(String(parameter.name)) : parameter.name;
          const name = parameter.in === 'header' ? String(place).toLowerCase() : String(place);
          parameters.set(`${String(parameter.in)} ${name}`, parameter);
        }
      }
      const security = canonicalJson(operation.security ?? document.security ?? []);
      found.set(`${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`, { operation, parameters, security });
    }
  }
  return found;
}

function compareOperations(documents: Documents, a: Operation, b: Operation, at: string): void {
  const { findings } = documents;
  for (const name of NAMES) {
    const [before, after] = [a.operation[name], b.operation[name]];
    if (before === after || before === undefined) continue;
    findings.add(
      'breaking',
      'name-changed',
      at,
      `${name} is ${JSON.stringify(after) ?? 'gone'}, was ${JSON.stringify(before)}`,
    );
  }
  if (a.security !== b.security) findings.add('breaking', 'security-changed', at, 'asks for other credentials');
  for (const words of ['summary', 'description']) {
    if (a.operation[words] !== b.operation[words]) findings.add('note', 'words', at, `its ${words} has changed`);
  }
  compareParameters(documents, a, b, at);
  compareBodies(documents, a.operation, b.operation, at);
  compareResponses(documents, a.operation, b.operation, at);
}

function compareParameters(documents: Documents, a: Operation, b: Operation, at: string): void {
  const { findings } = documents;
  for (const [name, parameter] of a.parameters) {
    const next = b.parameters.get(name);
    const path = `${at} · ${name.replace(/^path \d+$/, `path ${String(parameter.name)}`)}`;
    if (next === undefined) {
      findings.add('breaking', 'member-removed', path, 'is gone');
      continue;
    }
    if (next.required === true && parameter.required !== true) {
      findings.add('breaking', 'input-required', path, 'has to be given, and did not have to before');
    }
    for (const how of ['style', 'explode', 'content'] as const) {
      if (canonicalJson(parameter[how] ?? null) === canonicalJson(next[how] ?? null)) continue;
      findings.add('breaking', 'unjudged', path, `${how} has changed`);
    }
    compare(documents, parameter.schema, next.schema, 'input', path);
  }
  for (const [name, parameter] of b.parameters) {
    if (a.parameters.has(name)) continue;
    if (parameter.required === true) {
      findings.add('breaking', 'input-required', `${at} · ${name}`, 'is new and has to be given');
    } else findings.add('compatible', 'member-added', `${at} · ${name}`, 'is new');
  }
}

function compareBodies(documents: Documents, a: JsonObject, b: JsonObject, at: string): void {
  const { findings, before, after } = documents;
  const [old, now] = [deref(before, a.requestBody), deref(after, b.requestBody)];
  const path = `${at} · body`;
  if (now.required === true && old.required !== true) {
    // An object without required members can be left out by nobody who sent one before.
    findings.add('breaking', 'input-required', path, 'has to be sent, and did not have to before');
  }
  compareContents(documents, old, now, 'input', path);
}

function compareResponses(documents: Documents, a: JsonObject, b: JsonObject, at: string): void {
  const { findings, before, after } = documents;
  const [old, now] = [objectAt(a, 'responses'), objectAt(b, 'responses')];
  for (const [status, response] of Object.entries(old)) {
    const path = `${at} · ${status}`;
    if (!Object.hasOwn(now, status)) {
      // An error that no longer comes hurts nobody.
      const level = status.startsWith('2') ? 'breaking' : 'compatible';
      findings.add(level, 'response-removed', path, 'does not come any more');
      continue;
    }
    const [was, is] = [deref(before, response), deref(after, now[status])];
    if (was.description !== is.description) findings.add('note', 'words', path, 'its description has changed');
    compareContents(documents, was, is, 'output', path);
  }
  for (const status of Object.keys(now)) {
    if (Object.hasOwn(old, status)) continue;
    const breaks = status.startsWith('2') && Object.keys(old).length > 0;
    findings.add(breaks ? 'breaking' : 'compatible', 'response-added', `${at} · ${status}`, 'may come now');
  }
}

function compareContents(documents: Documents, a: JsonObject, b: JsonObject, direction: Direction, path: string): void {
  const [old, now] = [objectAt(a, 'content'), objectAt(b, 'content')];
  for (const [type, media] of Object.entries(old)) {
    if (!Object.hasOwn(now, type)) documents.findings.add('breaking', 'media-removed', path, `${type} is gone`);
    else compare(documents, objectAt({ media }, 'media').schema, objectAt(now, type).schema, direction, path);
  }
  for (const type of Object.keys(now)) {
    if (!Object.hasOwn(old, type)) documents.findings.add('compatible', 'media-added', path, `${type} is new`);
  }
}

function compare(
  { before, after, findings }: Documents,
  a: unknown,
  b: unknown,
  direction: Direction,
  path: string,
): void {
  const places = [
    { schema: isObject(a) ? a : {}, root: before },
    { schema: isObject(b) ? b : {}, root: after },
  ] as const;
  compareSchemas({ findings, direction, seen: new SeenPairs() }, places[0], places[1], path);
}

/** A parameter, body or answer that stands elsewhere in the document; one step, or several. */
function deref(document: JsonObject, value: unknown): JsonObject {
  let found = value;
  for (let steps = 0; steps < 10 && isObject(found) && typeof found.$ref === 'string'; steps += 1) {
    found = resolvePointer(document, found.$ref);
  }
  return isObject(found) ? found : {};
}
