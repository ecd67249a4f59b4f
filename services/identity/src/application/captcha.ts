import type { Captcha } from '../domain/settings.ts';

/** Asks a CAPTCHA provider whether an answer is a person's. */
export interface CaptchaVerifier {
  /**
   * @param address The client's, which providers compare with the one that solved the puzzle.
   * @returns Null when the answer holds, otherwise what the provider said against it.
   */
  verify(captcha: Captcha, answer: string, address: string): Promise<string | null>;
}
