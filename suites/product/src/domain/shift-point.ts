/** A decimal text with its point moved to the left: `shiftPoint('1250.500000', 2)` is `12.505`. */
export function shiftPoint(decimal: string, places: number): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  const padded = whole.padStart(places + 1, '0');
  const cut = padded.length - places;
  const digits = `${padded.slice(cut)}${fraction}`.replace(/0+$/, '');
  return digits === '' ? padded.slice(0, cut) : `${padded.slice(0, cut)}.${digits}`;
}
