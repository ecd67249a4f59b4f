import { mailErrors } from '../mail-errors.ts';
import { parseExpression, type Expression } from './parse-expression.ts';

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly whenTrue: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

const MAX_ACTIONS = 2_000;
const MAX_DEPTH = 16;
const ACTION = /\{\{(-\s)?([\s\S]*?)(\s-)?\}\}/g;

interface Piece {
  readonly kind: 'text' | 'action';
  readonly text: string;
  readonly line: number;
}

interface Branch {
  readonly condition: Expression;
  readonly whenTrue: TemplateNode[];
  readonly otherwise: TemplateNode[];
  /** `else if` opens a branch inside the other one, and one `end` closes both. */
  readonly chained: boolean;
  hasElse: boolean;
}

/**
 * Reads the part of Go's template language that mail templates use: `{{ .Name }}`, `{{ if … }}`, `{{ else if … }}`,
 * `{{ else }}`, `{{ end }}`, comments and trim marks.
 *
 * @throws {AshlarError} `mail.template_malformed` with the line, `mail.template_too_large`.
 */
export function parseTemplate(source: string): readonly TemplateNode[] {
  const root: TemplateNode[] = [];
  const open: Branch[] = [];
  const target = (): TemplateNode[] => {
    const branch = open.at(-1);
    if (branch === undefined) return root;
    return branch.hasElse ? branch.otherwise : branch.whenTrue;
  };
  const begin = (condition: string, line: number, chained: boolean): void => {
    if (open.length >= MAX_DEPTH) throw malformed(line, `more than ${MAX_DEPTH} levels of {{ if }}`);
    const branch: Branch = {
      condition: parseExpression(condition, line),
      whenTrue: [],
      otherwise: [],
      chained,
      hasElse: false,
    };
    target().push({ kind: 'if', condition: branch.condition, whenTrue: branch.whenTrue, otherwise: branch.otherwise });
    open.push(branch);
  };
  const turn = (line: number): void => {
    const branch = open.at(-1);
    if (branch === undefined) throw malformed(line, '{{ else }} without {{ if }}');
    if (branch.hasElse) throw malformed(line, 'a second {{ else }}');
    branch.hasElse = true;
  };

  for (const { kind, text, line } of split(source)) {
    if (kind === 'text') {
      target().push({ kind: 'text', text });
      continue;
    }
    const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    if (text === '') throw malformed(line, 'an empty {{ }}');
    if (text.startsWith('/*')) {
      if (!text.endsWith('*/')) throw malformed(line, 'a comment that does not end');
    } else if (word === 'if') {
      begin(rest, line, false);
    } else if (word === 'else') {
      turn(line);
      if (rest === '') continue;
      if (!/^if\s/.test(rest)) throw malformed(line, `"${text}" is none of {{ else }} and {{ else if … }}`);
      begin(rest.slice(2).trim(), line, true);
    } else if (word === 'end' && rest === '') {
      if (open.length === 0) throw malformed(line, '{{ end }} without {{ if }}');
      while (open.pop()?.chained === true);
    } else {
      target().push({ kind: 'value', value: parseExpression(text, line) });
    }
  }
  if (open.length > 0) throw malformed(lineOf(source, source.length), '{{ if }} without {{ end }}');
  return root;
}

function* split(source: string): Generator<Piece> {
  // Looked for once: the pattern below would go to the end of the source from each of many openings without an end.
  const unended = source.indexOf('{{', source.lastIndexOf('}}') + 1);
  if (unended !== -1) throw malformed(lineOf(source, unended), '"{{" without "}}"');
  let at = 0;
  let trimNext = false;
  let count = 0;
  const textOf = (from: number, to: number, trimEnd: boolean): Piece => {
    let text = source.slice(from, to);
    if (trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    if (text.includes('{{')) throw malformed(lineOf(source, from + text.indexOf('{{')), '"{{" without "}}"');
    return { kind: 'text', text, line: 0 };
  };
  for (const match of source.matchAll(ACTION)) {
    if ((count += 1) > MAX_ACTIONS) throw mailErrors.templateTooLarge({ reason: `more than ${MAX_ACTIONS} {{ }}` });
    yield textOf(at, match.index, match[1] !== undefined);
    trimNext = match[3] !== undefined;
    at = match.index + match[0].length;
    yield { kind: 'action', text: (match[2] ?? '').trim(), line: lineOf(source, match.index) };
  }
  yield textOf(at, source.length, false);
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}

function malformed(line: number, reason: string): Error {
  return mailErrors.templateMalformed({ line, reason });
}
