/** Opened in a browser, it makes the first owner of the instance. */
export function setupAddress(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/studio/setup?token=${token}`;
}
