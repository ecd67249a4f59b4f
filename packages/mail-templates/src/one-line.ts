// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001F\u007F\u0085\u2028\u2029]+/gu;
const MAX_SUBJECT_LENGTH = 500;

/** A text as a header may hold it: without line breaks, by which a value could add headers of its own, and bounded. */
export function oneLine(text: string): string {
  const line = text.replaceAll(CONTROLS, ' ').replaceAll(/ {2,}/g, ' ').trim();
  return line.length <= MAX_SUBJECT_LENGTH ? line : `${line.slice(0, MAX_SUBJECT_LENGTH - 1).toWellFormed()}…`;
}
