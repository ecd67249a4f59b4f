import type { Call, LocalSettings } from './call.ts';
import type { Step } from './wire/step.ts';

/** Statements in the order they are sent; the rows of step `wanted` are the answer. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly wanted: number;
  /** BEGIN and its end are among the steps; a failure leaves the transaction open. */
  readonly isExplicit: boolean;
}

/** A stream's steps are one exchange, which BEGIN and its end stand outside of. */
export interface StreamPlan {
  readonly begin: Step | null;
  readonly steps: readonly Step[];
  readonly end: Step | null;
}

/** How long the server lets a statement run, and wait for a lock. */
export interface StatementLimits {
  readonly statementTimeoutMs?: number | undefined;
  readonly lockTimeoutMs?: number | undefined;
}

/** What a transaction is told before anything else. */
export interface TransactionTerms extends StatementLimits {
  readonly role: string;
  readonly settings: LocalSettings;
  readonly readOnly: boolean;
}

/** PostgreSQL's FUNC_MAX_ARGS: more settings than that go into several steps. */
const SETTINGS_PER_STEP = 100;

/**
 * Role, claims, limits and all other settings in as few steps as possible, local to the transaction. The role comes
 * last, so that what only the login may set is set by the login.
 */
export function settingSteps(terms: TransactionTerms, limits: StatementLimits = terms): readonly Step[] {
  const { statementTimeoutMs, lockTimeoutMs } = limits;
  const settings = [...terms.settings];
  if (terms.readOnly) settings.push(['transaction_read_only', 'on']);
  if (lockTimeoutMs !== undefined) settings.push(['lock_timeout', String(lockTimeoutMs)]);
  if (statementTimeoutMs !== undefined) settings.push(['statement_timeout', String(statementTimeoutMs)]);
  settings.push(['role', terms.role]);
  if (settings.length <= SETTINGS_PER_STEP) return [settingStep(settings)];
  const steps: Step[] = [];
  for (let index = 0; index < settings.length; index += SETTINGS_PER_STEP) {
    steps.push(settingStep(settings.slice(index, index + SETTINGS_PER_STEP)));
  }
  return steps;
}

/**
 * A call's steps: settings, the statement before, the statement, with a transaction around them where one is needed.
 *
 * @param limits In place of the call's own.
 */
export function callPlan(call: Omit<Call, 'connection'>, limits: StatementLimits = call): Plan {
  const { begin, steps, end } = streamPlan(call, limits);
  if (begin === null || end === null) return { steps, wanted: steps.length - 1, isExplicit: false };
  return { steps: [begin, ...steps, end], wanted: steps.length, isExplicit: true };
}

export function streamPlan(call: Omit<Call, 'connection'>, limits: StatementLimits = call): StreamPlan {
  const before = call.before === undefined ? [] : [call.before];
  const steps = [...settingSteps(call, limits), ...before, call.statement];
  const isExplicit = call.isolation !== undefined || call.rollback === true;
  if (!isExplicit) return { begin: null, steps, end: null };
  return { begin: beginStep(call.isolation), steps, end: call.rollback === true ? ROLLBACK : COMMIT };
}

/** The isolation level has to stand here: once a snapshot is taken it cannot be changed. */
export function beginStep(isolation: Call['isolation']): Step {
  return { text: isolation === undefined ? 'begin' : `begin isolation level ${isolation}`, values: [] };
}

export const COMMIT: Step = { text: 'commit', values: [] };
export const ROLLBACK: Step = { text: 'rollback', values: [] };

function settingStep(settings: LocalSettings): Step {
  return { text: settingText(settings), values: settings.map(([, value]) => value) };
}

interface KnownText {
  readonly names: readonly string[];
  readonly text: string;
}

/** Services use few sets of settings; comparing names is cheaper than writing the text again for every request. */
const MAX_KNOWN_TEXTS = 16;
const knownTexts: KnownText[] = [];

function settingText(settings: LocalSettings): string {
  const known = knownTexts.find(
    ({ names }) => names.length === settings.length && names.every((name, index) => name === settings[index]?.[0]),
  );
  if (known !== undefined) return known.text;
  const names = settings.map(([name]) => name);
  const text = writeSettingText(names);
  if (knownTexts.unshift({ names, text }) > MAX_KNOWN_TEXTS) knownTexts.pop();
  return text;
}

/**
 * `set_config` answers with the value it set; counted instead of returned, a request's claims and headers do not
 * travel back. Names are part of the text, so only values are bound.
 */
function writeSettingText(names: readonly string[]): string {
  const calls = names.map(
    (name, index) => `pg_catalog.set_config('${name.replaceAll("'", "''")}', $${index + 1}, true)`,
  );
  return `select pg_catalog.num_nonnulls(${calls.join(', ')})`;
}
