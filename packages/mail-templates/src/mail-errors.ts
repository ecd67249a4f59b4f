import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  templateMalformed: { kind: 'malformed', title: 'Mail template, line {line}: {reason}' },
  templateTooLarge: { kind: 'too_large', title: 'Mail template: {reason}' },
  dataInvalid: { kind: 'malformed', title: 'Mail: {reason}' },
} as const;

/** What can be wrong with a template somebody wrote. */
export const mailErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors('mail', catalogue);
