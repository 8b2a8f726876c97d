/**
 * Programs that know no API of ours, only the engine: `PUBLISH notifications:<user_id> <json>` from
 * any language (A6) comes in here, once per publication in the whole cluster.
 */
export interface ExternalEvents {
  /** `json` is whatever was published; the handler validates it. Never rejects. */
  start(handler: (user: string, json: string) => Promise<void>): Promise<void>;
  /** Tells other programs what was sent to everybody (`ws:broadcast`). Never rejects. */
  announceBroadcast(json: string): Promise<void>;
}
