const MAX_REASON_LENGTH = 200;

/**
 * A message was not taken by whoever should carry it on. The message of the error may be logged: it holds what the
 * other side said, without the address the message was for.
 */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  /** Trying again cannot help: the other side refused this message, not the attempt. */
  readonly permanent: boolean;

  /** @param recipient Left out of the reason wherever it stands in it. */
  constructor(reason: string, recipient: string, { permanent, cause }: { permanent: boolean; cause?: unknown }) {
    super(tellable(reason, recipient), cause === undefined ? undefined : { cause });
    this.permanent = permanent;
  }
}

/** What the other side said, short, on one line and without the address the message was for. */
export function tellable(reason: string, recipient: string): string {
  const masked =
    recipient === '' ? reason : reason.replaceAll(new RegExp(recipient.replaceAll(/\W/g, String.raw`\$&`), 'gi'), '…');
  return masked
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_REASON_LENGTH)
    .toWellFormed();
}
