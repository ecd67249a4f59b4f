import type { ComposedMail, Run } from './compose-mail.ts';

// Unicode's isolates: an address inside Arabic keeps its own order and does not disturb the words around it.
const LEFT_TO_RIGHT = '\u2066';
const FIRST_STRONG = '\u2068';
const END = '\u2069';

/** The plain text part. Links and codes stand on lines of their own, without any sign around them. */
export function mailAsText(mail: ComposedMail): string {
  const say = (runs: readonly Run[]): string => runsAsText(runs, mail.direction === 'rtl');
  const blocks = [
    ...(mail.lead.length === 0 ? [] : [say(mail.lead)]),
    ...(mail.facts.length === 0 ? [] : [mail.facts.map(({ label, value }) => `${label}: ${say([value])}`).join('\n')]),
    ...(mail.action === null ? [] : [`${mail.action.label}:\n${mail.action.url}`]),
    ...(mail.code === null ? [] : [`${mail.code.label}\n${mail.code.value}`]),
    ...(mail.expiry === null ? [] : [say(mail.expiry)]),
    ...(mail.note.length === 0 ? [] : [say(mail.note)]),
    `-- \n${say(mail.sentBy)}`,
    ...(mail.unsubscribe === undefined ? [] : [`${mail.unsubscribe.label}:\n${mail.unsubscribe.url}`]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** @param isolated Whether values are set apart; among left-to-right words they need not be. */
export function runsAsText(runs: readonly Run[], isolated: boolean): string {
  return runs
    .map((run) => {
      if (typeof run === 'string') return run;
      if (!isolated) return run.value;
      return `${run.direction === 'ltr' ? LEFT_TO_RIGHT : FIRST_STRONG}${run.value}${END}`;
    })
    .join('');
}
