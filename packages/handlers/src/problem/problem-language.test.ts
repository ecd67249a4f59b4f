import { commonErrors } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { problemLanguage } from './problem-language.ts';
import { renderError } from './render-problem.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['ar', 'ar'],
  ['ar-IQ, en;q=0.8', 'ar'],
  ['en, ar', 'en'],
  ['en;q=0.3, ar;q=0.7', 'ar'],
  ['ar;q=0, de', 'en'],
  ['ar;q=many', 'en'],
  ['ar;q=9', 'en'],
  [`${'x,'.repeat(10_000)}ar`, 'en'],
])('a reader who likes %s is told in %s', (header, language) => {
  expect(problemLanguage(header)).toBe(language);
});

test('a refusal is told in Arabic to who asks for it, with the same code and parameters', () => {
  const error = commonErrors.staleVersion({ expected: 3, actual: 4 });
  const told = (language: string) => {
    const { headers, body } = renderError(error, undefined, language);
    return { headers, problem: JSON.parse(body) as Record<string, unknown> };
  };
  expect(told('en').problem).toMatchObject({ title: 'Stale version', detail: 'Version 3 was expected, it is 4 now' });
  expect(told('ar')).toMatchObject({
    headers: { 'content-language': 'ar', vary: 'accept-language' },
    problem: {
      code: 'common.stale_version',
      title: 'تعارض',
      detail: 'كان المتوقع الإصدار 3 وهو الآن 4',
      hint: 'اقرأ البيانات من جديد ثم أعد التعديل عليها',
      params: { expected: 3, actual: 4 },
    },
  });
});
