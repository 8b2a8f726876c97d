/** Counters and histograms of docs/operations.md; the adapter knows Prometheus. Labels are few and bounded. */
export type MetricName =
  | 'ws_connections_opened_total'
  | 'ws_connections_closed_total'
  | 'ws_frames_received_total'
  | 'ws_bytes_received_total'
  | 'ws_messages_sent_total'
  | 'ws_bytes_sent_total'
  | 'ws_commands_total'
  | 'ws_errors_total'
  | 'ws_deliveries_total'
  | 'ws_recoveries_total'
  | 'ws_slow_consumers_total'
  | 'ws_handshakes_refused_total'
  | 'http_requests_total'
  | 'http_request_seconds'
  | 'broadcast_seconds'
  | 'push_total'
  | 'outbox_relayed_total'
  | 'broker_round_trip_seconds'
  | 'broker_reconnects_total'
  | 'queue_messages_total'
  | 'external_events_total';

/** What is so many now. */
export type GaugeName = 'queue_waiting_messages' | 'queue_in_hand_messages';

export interface Metrics {
  /** Adds to a counter; callers on hot paths add up themselves and call once per tick. */
  count(name: MetricName, amount: number, labels?: Readonly<Record<string, string>>): void;
  /** Observes a duration in seconds. */
  observe(name: MetricName, seconds: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets a gauge. Optional: who only counts need not have it. */
  set?(name: GaugeName, value: number, labels?: Readonly<Record<string, string>>): void;
}
