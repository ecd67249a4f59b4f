/** Whoever can run a command on this machine administers the instance, as with the secret key. */
export const administrator = { role: 'service_role', claims: { role: 'service_role' } } as const;
