/** What each metric is called in Prometheus, what it means and how it is labelled. HTTP and WebSocket are families of their own. */
import type { GaugeName, MetricName } from '../../ports/metrics.ts';

export interface CounterFamily {
  readonly type: 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

export interface HistogramFamily {
  readonly type: 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Seconds. */
  readonly buckets: readonly number[];
}

export type Family = CounterFamily | HistogramFamily;

export interface GaugeFamily {
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRIC_PREFIX = 'carillon_';

const counter = (help: string, ...labels: readonly string[]): CounterFamily => ({
  type: 'counter',
  help,
  labels,
});

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const BROADCAST_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

export const FAMILIES: Readonly<Record<MetricName, Family>> = {
  ws_connections_opened_total: counter('Connections opened', 'protocol', 'transport', 'device'),
  ws_connections_closed_total: counter('Connections ended, by close code', 'protocol', 'code'),
  ws_frames_received_total: counter('Frames that clients sent'),
  ws_bytes_received_total: counter('Payload bytes that clients sent'),
  ws_messages_sent_total: counter('Messages written to connections'),
  ws_bytes_sent_total: counter('Bytes written to connections'),
  ws_commands_total: counter('Commands of the native protocol', 'method'),
  ws_errors_total: counter('Errors told to clients, and broken connections', 'code'),
  ws_deliveries_total: counter('Publications handed to subscribers'),
  ws_recoveries_total: counter('Subscriptions that asked for what they missed', 'result'),
  ws_slow_consumers_total: counter('Connections that did not keep up', 'policy'),
  ws_handshakes_refused_total: counter('Handshakes refused', 'reason'),
  http_requests_total: counter('HTTP requests answered', 'method', 'route', 'status'),
  http_request_seconds: {
    type: 'histogram',
    help: 'Time to answer an HTTP request',
    labels: ['method', 'route'],
    buckets: REQUEST_BUCKETS,
  },
  broadcast_seconds: {
    type: 'histogram',
    help: 'Time to publish something to everybody concerned',
    labels: ['kind', 'result'],
    buckets: BROADCAST_BUCKETS,
  },
  push_total: counter('Pushes to people who are away', 'provider', 'result'),
  outbox_relayed_total: counter('Outbox rows relayed after a crash or a failure', 'kind'),
  broker_round_trip_seconds: {
    type: 'histogram',
    help: 'From publishing to a channel of its own until this process gets it back',
    labels: ['shard'],
    buckets: BROADCAST_BUCKETS,
  },
  broker_reconnects_total: counter(
    'Connections to the engine that were made anew',
    'shard',
    'connection',
  ),
  external_events_total: counter(
    'What other programs published for a user on the engine itself',
    'result',
  ),
  queue_messages_total: counter(
    'Messages taken from queues, and attempts at them',
    'source',
    'result',
  ),
};

export const GAUGES: Readonly<Record<GaugeName, GaugeFamily>> = {
  queue_waiting_messages: {
    help: 'Messages that wait in the queue, as it says',
    labels: ['source'],
  },
  queue_in_hand_messages: { help: 'Messages taken and not yet answered', labels: ['source'] },
};
