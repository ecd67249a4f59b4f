import { z } from 'zod';
import type { AshlarError } from '../errors.ts';
import { issueOf } from './edge-value.ts';
import { latinDigits } from './digits.ts';
import { valueErrors } from './value-errors.ts';

export interface TextRules {
  /** Most characters, as a reader of JSON counts them (UTF-16 units). */
  readonly max: number;
  /** Fewest, default 1. */
  readonly min?: number;
  /** Line breaks and tabs belong to it: descriptions, notes. Default no. */
  readonly isMultiline?: boolean;
  /** Direction overrides are allowed: prose only. Default no, so that names and codes cannot pose as others. */
  readonly allowsBidi?: boolean;
  /** Tags are allowed: what is written in a markup of its own. Default no. */
  readonly allowsMarkup?: boolean;
}

const LINE_BREAKS = /\r\n?/g;
// What must not stand in a text is found by its code, hence the control characters in the patterns.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001F\u007F-\u009F]/;
// oxlint-disable-next-line no-control-regex
const CONTROLS_BUT_BREAKS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
const BIDI_OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/;
const MARKUP = /<[/!?]?[a-z][^<>]*>|<!--/i;

/**
 * The text as it is kept: in Unicode's composed form (NFC), without blanks around it.
 *
 * @throws {AshlarError} What {@link refusalOfText} says.
 */
export function cleanText(given: string, rules: TextRules): string {
  const clean = composed(given);
  const refusal = refusalOfText(clean, rules);
  if (refusal !== undefined) throw refusal;
  return clean;
}

/** Why a text is none of ours: `common.text_malformed`, `…_control`, `…_bidi`, `…_markup`, `…_missing`, `…_too_long`. */
export function refusalOfText(given: string, rules: TextRules): AshlarError | undefined {
  if (!given.isWellFormed()) return valueErrors.textMalformed();
  if ((rules.isMultiline === true ? CONTROLS_BUT_BREAKS : CONTROLS).test(given)) return valueErrors.textControl();
  if (rules.allowsBidi !== true && BIDI_OVERRIDES.test(given)) return valueErrors.textBidi();
  if (rules.allowsMarkup !== true && MARKUP.test(given)) return valueErrors.textMarkup();
  if (given.length < (rules.min ?? 1)) return valueErrors.textMissing();
  if (given.length > rules.max) return valueErrors.textTooLong({ length: given.length, max: rules.max });
  return undefined;
}

/** At the edge: composed, trimmed, and refused where the rules say so. */
export function text(rules: TextRules): z.ZodType<string, string> {
  return (
    z
      .string()
      // Composing may shorten a text; four times the limit is beyond what could still fit.
      .max(rules.max * 4 + 100)
      .overwrite(composed)
      .check((context) => {
        const refusal = refusalOfText(context.value, rules);
        if (refusal !== undefined) context.issues.push(issueOf(refusal, context.value));
      })
      .meta({ maxLength: rules.max, minLength: rules.min ?? 1 })
  );
}

/** A code people type or scan: composed, trimmed, Latin digits, no blanks within, no control characters. */
export function code(max: number): z.ZodType<string, string> {
  return z
    .string()
    .max(max * 4 + 100)
    .overwrite((given) => latinDigits(composed(given)))
    .check((context) => {
      const refusal = refusalOfText(context.value, { max });
      if (refusal !== undefined) context.issues.push(issueOf(refusal, context.value));
    })
    .regex(/^\S*$/, 'Expected a code without blanks')
    .meta({ maxLength: max, minLength: 1 });
}

function composed(given: string): string {
  return given.replace(LINE_BREAKS, '\n').normalize('NFC').trim();
}
