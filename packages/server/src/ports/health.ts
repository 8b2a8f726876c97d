/** A part that can be asked for a round trip; `/ready` asks all of them. */
export interface HealthCheck {
  readonly name: string;
  /** Rejects, with the reason in the message, while the part does not work. */
  check(): Promise<void>;
}
