import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

export const savedQueryErrors: {
  readonly savedQueryUnknown: ErrorFactory;
  readonly savedQueryChanged: ErrorFactory;
} = defineErrors('control', {
  savedQueryUnknown: {
    kind: 'not_found',
    title: 'There is no such saved query, or it is not yours to change',
  },
  savedQueryChanged: {
    kind: 'precondition',
    title: 'This saved query was changed by somebody else meanwhile',
    hint: 'Read it again',
  },
});
