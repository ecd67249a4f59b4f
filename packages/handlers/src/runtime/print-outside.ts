import { createHash } from 'node:crypto';
import type { Printer } from '@ashlar/documents';
import type { Outside } from '@ashlar/kernel';

/** Printing, as far as a command may ask for it before its transaction. */
export function printOutside(
  printer: Printer,
  signal: AbortSignal | undefined,
): Pick<Outside, 'printerEdition' | 'hashOfPrint'> {
  return {
    get printerEdition() {
      return printer.edition;
    },
    async hashOfPrint(page, how) {
      signal?.throwIfAborted();
      const bytes = await printer.print({ page, ...how, isCopy: false });
      return createHash('sha256').update(bytes).digest('hex');
    },
  };
}
