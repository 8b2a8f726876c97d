/** Signs what links say, so that nobody can change it. */
export interface LinkSigner {
  /** URL-safe. */
  sign(text: string): string;
  /** In a time that tells nothing about the right signature. */
  verify(text: string, signature: string): boolean;
}
