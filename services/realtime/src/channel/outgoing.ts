import type { Delivery, Serializer, ServerFrame } from '../wire/frame.ts';

/** One message for many: each form is made once, whoever reads it. */
export class Outgoing {
  readonly extension: 'broadcast' | 'presence';
  readonly #encode: (serializer: Serializer) => string | Buffer | null;
  readonly #encoded = new Map<Serializer, Encoded | null>();

  private constructor(extension: Outgoing['extension'], encode: (serializer: Serializer) => string | Buffer | null) {
    this.extension = extension;
    this.#encode = encode;
  }

  static broadcast(delivery: Delivery): Outgoing {
    return new Outgoing('broadcast', (serializer) => serializer.encodeDelivery(delivery));
  }

  static presence(frame: ServerFrame): Outgoing {
    return new Outgoing('presence', (serializer) => serializer.encode(frame));
  }

  /** Null for members whose form cannot carry it. */
  for(serializer: Serializer): Encoded | null {
    const known = this.#encoded.get(serializer);
    if (known !== undefined) return known;
    const made = this.#encode(serializer);
    const encoded = made === null ? null : { data: Buffer.from(made), isBinary: typeof made !== 'string' };
    this.#encoded.set(serializer, encoded);
    return encoded;
  }
}

export interface Encoded {
  readonly data: Buffer;
  readonly isBinary: boolean;
}
