/** Node reads header bytes as Latin-1; clients write UTF-8. */
export function utf8(value: string): string {
  const text = Buffer.from(value, 'latin1').toString();
  return text.includes('\ufffd') ? value : text;
}
