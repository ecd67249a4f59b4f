/** Opened in a browser, it makes the first owner of the instance. */
export function setupAddress(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/control/v1/setup?token=${token}`;
}
