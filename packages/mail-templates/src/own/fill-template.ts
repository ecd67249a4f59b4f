import { escapeHtml } from '@ashlar/kernel';
import { mailErrors } from '../mail-errors.ts';
import type { Expression } from './parse-expression.ts';
import type { TemplateNode } from './parse-template.ts';
import type { Variables } from './variables.ts';

export type Escaping = 'html' | 'none';

const MAX_OUTPUT_LENGTH = 1_000_000;

/**
 * Fills a parsed template in.
 *
 * @param escaping `html` makes every value text, also inside quoted attributes; an address in `href` or `src` that
 *   leads elsewhere than to the web or a mailbox becomes `#`.
 * @throws {AshlarError} `mail.template_too_large` when the result is.
 */
export function fillTemplate(nodes: readonly TemplateNode[], variables: Variables, escaping: Escaping): string {
  let output = '';
  const append = (text: string): void => {
    if (output.length + text.length > MAX_OUTPUT_LENGTH) {
      throw mailErrors.templateTooLarge({ reason: `its result is longer than ${MAX_OUTPUT_LENGTH} characters` });
    }
    output += text;
  };
  const walk = (list: readonly TemplateNode[]): void => {
    for (const node of list) {
      if (node.kind === 'text') append(node.text);
      else if (node.kind === 'if') walk(isTrue(valueOf(node.condition, variables)) ? node.whenTrue : node.otherwise);
      else append(written(textOf(valueOf(node.value, variables)), output));
    }
  };
  const written = (text: string, before: string): string => {
    if (escaping === 'none') return text;
    // Old mail programs end an attribute at a backtick.
    return escapeHtml(beginsAddress(before) && !isHarmlessAddress(text) ? '#' : text).replaceAll('`', '&#96;');
  };
  walk(nodes);
  return output;
}

function valueOf(expression: Expression, variables: Variables): unknown {
  if (expression.kind === 'constant') return expression.value;
  if (expression.kind === 'path') {
    return expression.path.reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Readonly<Record<string, unknown>>)[name]
          : undefined,
      variables,
    );
  }
  const values = expression.operands.map((operand) => valueOf(operand, variables));
  const [first, ...others] = values;
  switch (expression.name) {
    case 'eq':
      return others.some((other) => textOf(other) === textOf(first));
    case 'ne':
      return others.every((other) => textOf(other) !== textOf(first));
    case 'not':
      return !isTrue(first);
    case 'and':
      return values.find((value) => !isTrue(value)) ?? values.at(-1);
    case 'or':
      return values.find(isTrue) ?? values.at(-1);
  }
}

/** Lists and objects are no text; nothing is printed of them. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}

function beginsAddress(before: string): boolean {
  return /(?:href|src|action|background)\s*=\s*["']?\s*$/i.test(before.slice(-64));
}

function isHarmlessAddress(text: string): boolean {
  return !/^[^/?#]*:/.test(text) || /^(?:https?|mailto|tel):/i.test(text) || isAppLink(text);
}

/** `com.example.app://signed-in` leads to an application; what browsers run has no authority part. */
function isAppLink(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) && !/^(?:javascript|vbscript|data|file|blob):/i.test(text);
}
