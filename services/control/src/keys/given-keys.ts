/** Keys a person chose for a project; what is null is generated. */
export interface GivenKeys {
  readonly jwtSecret: string | null;
  readonly anonKey: string | null;
  readonly serviceRoleKey: string | null;
  readonly publishableKey: string | null;
  readonly secretKey: string | null;
  /** Private JWK for ES256 or RS256. */
  readonly signingKey: Readonly<Record<string, unknown>> | null;
}

export const noGivenKeys: GivenKeys = {
  jwtSecret: null,
  anonKey: null,
  serviceRoleKey: null,
  publishableKey: null,
  secretKey: null,
  signingKey: null,
};
