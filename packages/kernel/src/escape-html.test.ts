import { expect, test } from 'vitest';
import { escapeHtml } from './escape-html.ts';

test('text can neither begin a tag nor leave a quoted attribute', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#x27;y&#x27;&gt;&amp;amp;&lt;/a&gt;',
  );
});

test('a lone surrogate does not leave the process', () => {
  expect(escapeHtml('a\ud800b')).toBe('a\ufffdb');
});
