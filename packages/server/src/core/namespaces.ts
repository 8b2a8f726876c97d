/**
 * Which rules a channel has: `ns:rest` belongs to the namespace `ns`, a name without a colon to the
 * namespace ''. Channels that begin with `$` are the server's own: no client reaches them.
 */
import type { PublishOptions } from '../ports/broker.ts';
import type { Namespace } from '../ports/namespace.ts';

/** A namespace with what the hot paths need of it, made once. */
export interface ChannelRules {
  readonly namespace: Namespace;
  /** Handed to the broker as it is when a publication brings nothing of its own. */
  readonly publishOptions: PublishOptions;
  readonly isPositioned: boolean;
  readonly isInternal: boolean;
}

export interface Namespaces {
  /** undefined: no namespace of that name. */
  resolve(channel: string): ChannelRules | undefined;
}

const INTERNAL: ChannelRules = rulesOf({
  name: '$',
  subscribe: 'none',
  publish: 'none',
  historySize: 0,
  historyTtlMs: 0,
  canRecover: false,
  hasPresence: false,
  hasJoinLeave: false,
  slowConsumer: 'disconnect',
});

/** @throws Error when two namespaces share a name or one contradicts itself: a fault of the configuration. */
export function createNamespaces(namespaces: readonly Namespace[]): Namespaces {
  const rules = new Map<string, ChannelRules>();
  for (const namespace of namespaces) {
    if (rules.has(namespace.name))
      throw new Error(`namespace "${namespace.name}" is defined twice`);
    checkNamespace(namespace);
    rules.set(namespace.name, rulesOf(namespace));
  }
  return {
    resolve(channel) {
      if (channel.startsWith('$')) return INTERNAL;
      const colon = channel.indexOf(':');
      return rules.get(colon < 0 ? '' : channel.slice(0, colon));
    },
  };
}

/** Not empty, not too long, no control characters (they would break logs and line-based transports). */
export function isValidChannelName(channel: string, maxLength: number): boolean {
  if (channel.length === 0 || channel.length > maxLength) return false;
  for (let index = 0; index < channel.length; index += 1) {
    const code = channel.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return true;
}

function rulesOf(namespace: Namespace): ChannelRules {
  return {
    namespace,
    publishOptions:
      namespace.historySize > 0
        ? { historySize: namespace.historySize, historyTtlMs: namespace.historyTtlMs }
        : {},
    isPositioned: namespace.canRecover && namespace.historySize > 0,
    isInternal: namespace.name === '$',
  };
}

function checkNamespace(namespace: Namespace): void {
  const { name } = namespace;
  if (name.startsWith('$') || name.includes(':')) {
    throw new Error(`namespace "${name}": a name may not begin with $ nor contain a colon`);
  }
  if (namespace.canRecover && (namespace.historySize <= 0 || namespace.historyTtlMs <= 0)) {
    throw new Error(`namespace "${name}": recovery needs a history size and a history lifetime`);
  }
  if (namespace.canRecover && namespace.slowConsumer === 'latest') {
    throw new Error(
      `namespace "${name}": slowConsumer "latest" drops publications and cannot be combined with recovery`,
    );
  }
}
