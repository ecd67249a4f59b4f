import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a page that misuses an authenticator, or a copied authenticator, does otherwise. */
export interface Misuse {
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly type?: string;
  readonly userHandle?: string;
  /** Changes the signature's last byte. */
  readonly forged?: boolean;
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

/**
 * As much of an authenticator with its browser as tests of attacks need, those that no real browser would help with.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
 */
export class SoftwareAuthenticator {
  readonly id: string = randomBytes(32).toString('base64url');
  readonly #key: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly #origin: string;
  #counter = 0;
  #userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
    this.#key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  }

  create(options: CreationOptions, misuse: Misuse = {}, attestation: Attestation = NO_ATTESTATION): object {
    this.#userHandle = options.user.id;
    const id = Buffer.from(this.id, 'base64url');
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), idLength, id, this.#coseKey()]);
    const authData = Buffer.concat([this.#authData(options.rp.id, misuse, 0x40), attested]);
    const attestationObject = isoCBOR.encode(
      new Map<string, string | Uint8Array<ArrayBuffer> | Attestation['statement']>([
        ['fmt', attestation.format],
        ['attStmt', attestation.statement],
        ['authData', new Uint8Array(authData)],
      ]),
    );
    return this.#credential({
      clientDataJSON: this.#clientData(misuse.type ?? 'webauthn.create', options.challenge, misuse),
      attestationObject: Buffer.from(attestationObject).toString('base64url'),
      transports: ['internal'],
    });
  }

  get(options: RequestOptions, misuse: Misuse = {}): object {
    this.#counter += 1;
    const authData = this.#authData(options.rpId, misuse, 0);
    const clientDataJSON = this.#clientData(misuse.type ?? 'webauthn.get', options.challenge, misuse);
    const clientHash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    const signature = sign('sha256', Buffer.concat([authData, clientHash]), this.#key.privateKey);
    if (misuse.forged === true) signature.writeUInt8((signature.at(-1) ?? 0) ^ 1, signature.length - 1);
    return this.#credential({
      clientDataJSON,
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: misuse.userHandle ?? this.#userHandle,
    });
  }

  #authData(rpId: string, misuse: Misuse, flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(misuse.counter ?? this.#counter);
    const verified = misuse.userVerified === false ? 0 : 0x04;
    const hash = createHash('sha256')
      .update(misuse.rpId ?? rpId)
      .digest();
    return Buffer.concat([hash, Buffer.from([flags | 0x01 | verified]), counter]);
  }

  #clientData(type: string, challenge: string, misuse: Misuse): string {
    const data = { type, challenge, origin: misuse.origin ?? this.#origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(data)).toString('base64url');
  }

  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#key.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]);
    return Buffer.from(isoCBOR.encode(key));
  }

  #credential(response: object): object {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }
}

/** What an authenticator says of its maker. */
export interface Attestation {
  readonly format: string;
  readonly statement: Map<string, string | number | Uint8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>[]>;
}

const NO_ATTESTATION: Attestation = { format: 'none', statement: new Map() };
