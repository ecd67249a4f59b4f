import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

type StreamError = 'streamClosed';

export const streamErrors: Readonly<Record<StreamError, ErrorFactory>> = defineErrors('postgres', {
  streamClosed: {
    kind: 'unavailable',
    title: 'The log stream of project {project} is closed',
  },
});
