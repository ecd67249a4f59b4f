import { Transform } from 'node:stream';
import { defineErrors } from '@ashlar/kernel';
import type { ErrorFactory } from '@ashlar/kernel';

const upstreamErrors: { readonly bodyTooLarge: ErrorFactory } = defineErrors('gateway', {
  bodyTooLarge: { kind: 'too_large', title: 'Request body is larger than {limitBytes} bytes' },
});

/** Lets a body of unknown length through until it passes the limit, then breaks it off. */
export function limitStream(limitBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > limitBytes) done(upstreamErrors.bodyTooLarge({ limitBytes }));
      else done(null, chunk);
    },
  });
}
