import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ComposedMail } from './compose-mail.ts';
import { drawMail, renderComposed } from './render-mail.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '<b>&"\'', '\uE0000\uE001', 'سطر\nآخر', '$&', '\ud800', '<!DOCTYPE html>'),
);
const url = text.map((value) => `https://example.org/${value}`);
const run = fc.oneof(text, fc.record({ value: text, direction: fc.constantFrom('ltr' as const, 'auto' as const) }));
const mail: fc.Arbitrary<ComposedMail> = fc
  .record({
    locale: fc.constantFrom('en' as const, 'ar' as const),
    site: text,
    subject: fc.array(run, { maxLength: 3 }),
    lead: fc.array(run, { maxLength: 3 }),
    action: fc.option(fc.record({ label: text, url, addressLabel: text })),
    code: fc.option(fc.record({ label: text, value: text })),
    expiry: fc.option(fc.array(run, { maxLength: 3 })),
    facts: fc.uniqueArray(fc.record({ label: text, value: run }), { maxLength: 3, selector: ({ label }) => label }),
    note: fc.array(run, { maxLength: 2 }),
    sentBy: fc.array(run, { maxLength: 3 }),
    unsubscribe: fc.option(fc.record({ label: text, url })),
  })
  .map(({ unsubscribe, ...rest }) => ({
    ...rest,
    direction: rest.locale === 'ar' ? 'rtl' : 'ltr',
    ...(unsubscribe === null ? {} : { unsubscribe }),
  }));

test('a page that is filled in is the page that would be drawn', async () => {
  await fc.assert(
    fc.asyncProperty(mail, async (composed) => {
      const drawn = await drawMail(composed);
      expect(await renderComposed(composed)).toBe(drawn);
      // Now it is certainly a known form.
      expect(await renderComposed(composed)).toBe(drawn);
    }),
    { numRuns: 200, seed: 7 },
  );
});
