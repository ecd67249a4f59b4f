/** A set of passwords that were found in leaks. */
export interface LeakedPasswords {
  /**
   * Whether the password is in the set. Only the first five hexadecimal digits of its SHA-1 leave this process.
   *
   * @param rangeUrl Where the set is asked by such a prefix.
   * @throws {Error} When the set cannot be asked.
   */
  includes(password: string, rangeUrl: string): Promise<boolean>;
}
