import { latinDigits } from './digits.ts';
import { accept, asStored, type FieldType, ORDER, refuse } from './field-type.ts';

const UNIT =
  'y|years?|mons?|months?|w|weeks?|d|days?|h|hours?|hrs?|m|mins?|minutes?|s|secs?|seconds?|ms|milliseconds?|us|microseconds?|decades?|centur(?:y|ies)';
const WORDS = new RegExp(
  `^@?\\s*(?:[+-]?\\d+(?:\\.\\d+)?\\s*(?:${UNIT})\\s*)*(?:[+-]?\\d+:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)?\\s*(?:ago)?$`,
  'i',
);
const ISO = /^-?P(?=.)(?:-?\d+(?:\.\d+)?[YMWD])*(?:T(?:-?\d+(?:\.\d+)?[HMS])+)?$/i;

/** `interval`, in PostgreSQL's words, as a clock or in ISO 8601. */
export const intervalType: FieldType = {
  name: 'interval',
  editor: 'line',
  align: 'start',
  direction: 'ltr',
  isSortable: true,
  operators: ORDER,
  parse: (text) => {
    const plain = latinDigits(text.trim());
    return /\d/.test(plain) && (WORDS.test(plain) || ISO.test(plain)) ? accept(plain) : refuse('notInterval');
  },
  format: asStored,
};
