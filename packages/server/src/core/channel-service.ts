/** Channels on the server's own authority: publishing and administration. No access rules, only those of the namespace. */
import { fail, ok } from '@carillon/protocol';
import type { ClientInfo, Outcome, Publication, RawJson } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery, PublishOptions, PublishResult } from '../ports/broker.ts';
import type { Eventually } from '../ports/eventually.ts';
import type { PresenceStats } from '../ports/presence-store.ts';
import type { ChannelAdmin, Publisher } from '../ports/server-api.ts';
import type { CoreContext } from './core-context.ts';
import { isValidChannelName } from './namespaces.ts';
import type { ChannelRules } from './namespaces.ts';

type PublisherOptions = NonNullable<Parameters<Publisher['publish']>[2]>;

export class ChannelService implements Publisher, ChannelAdmin {
  readonly #context: CoreContext;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  async publish(
    channel: string,
    data: RawJson,
    options: PublisherOptions = {},
  ): Promise<Outcome<PublishResult>> {
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    const event = { type: 'publication', publication: publicationOf(data, options) } as const;
    const brokerOptions = brokerOptionsOf(rules.value, options);
    return this.#attempt(() => this.#context.broker.publish(channel, event, brokerOptions));
  }

  subscribe(user: string, channel: string, client?: string): Promise<Outcome<void>> {
    return this.#order('subscribe', { user, channel, client });
  }

  unsubscribe(user: string, channel: string, client?: string): Promise<Outcome<void>> {
    return this.#order('unsubscribe', { user, channel, client });
  }

  async presence(channel: string): Promise<Outcome<readonly ClientInfo[]>> {
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    if (!rules.value.namespace.hasPresence) return fail('not_available');
    return this.#attempt(() => this.#context.presenceStore.list(channel));
  }

  async presenceStats(channel: string): Promise<Outcome<PresenceStats>> {
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    if (!rules.value.namespace.hasPresence) return fail('not_available');
    return this.#attempt(() => this.#context.presenceStore.stats(channel));
  }

  async history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>> {
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    if (rules.value.namespace.historySize <= 0) return fail('not_available');
    const page = await this.#attempt(() => this.#context.broker.history(channel, query));
    if (!page.ok || query.since === undefined) return page;
    return page.value.position.epoch === query.since.epoch ? page : fail('unrecoverable_position');
  }

  async removeHistory(channel: string): Promise<Outcome<void>> {
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    if (rules.value.namespace.historySize <= 0) return fail('not_available');
    return this.#attempt(() => this.#context.broker.removeHistory(channel));
  }

  async channels(pattern?: string): Promise<ReadonlyMap<string, number>> {
    const { controlBus, limits } = this.#context;
    const question = { type: 'channels', ...(pattern === undefined ? {} : { pattern }) } as const;
    const sums = new Map<string, number>();
    for (const answer of await controlBus.survey(question, limits.surveyTimeoutMs)) {
      if (answer.type !== 'channels') continue;
      for (const [channel, count] of Object.entries(answer.channels)) {
        sums.set(channel, (sums.get(channel) ?? 0) + count);
      }
    }
    return sums;
  }

  /**
   * Those of this node. `pattern` may hold `*` for any run of characters. The server's internal
   * channels are not shown.
   */
  localChannels(pattern?: string): ReadonlyMap<string, number> {
    const matches = pattern === undefined ? undefined : globOf(pattern);
    const found = new Map<string, number>();
    for (const channel of this.#context.hub.channels()) {
      if (channel.subscriberCount === 0 || channel.rules.isInternal) continue;
      if (matches === undefined || matches(channel.name)) {
        found.set(channel.name, channel.subscriberCount);
      }
    }
    return found;
  }

  /** As many as `localChannels` shows. */
  localCount(): number {
    let count = 0;
    for (const channel of this.#context.hub.channels()) {
      if (channel.subscriberCount > 0 && !channel.rules.isInternal) count += 1;
    }
    return count;
  }

  #rules(channel: string): Outcome<ChannelRules> {
    const { namespaces, limits } = this.#context;
    if (!isValidChannelName(channel, limits.maxChannelLength)) {
      return fail(
        'bad_request',
        'a channel name has 1 to 255 characters and no control characters',
      );
    }
    const rules = namespaces.resolve(channel);
    return rules === undefined ? fail('unknown_channel') : ok(rules);
  }

  async #order(
    type: 'subscribe' | 'unsubscribe',
    target: { user: string; channel: string; client: string | undefined },
  ): Promise<Outcome<void>> {
    const { user, channel, client } = target;
    if (user === '' && client === undefined) {
      return fail('bad_request', 'a user or a connection id is needed');
    }
    const rules = this.#rules(channel);
    if (!rules.ok) return rules;
    const command = { type, user, channel, ...(client === undefined ? {} : { client }) };
    return this.#attempt(() => this.#context.controlBus.send(command));
  }

  async #attempt<T>(action: () => Eventually<T>): Promise<Outcome<T>> {
    try {
      return ok(await action());
    } catch (error) {
      this.#context.failures.write('error', { err: error }, 'the broker failed');
      return fail('internal');
    }
  }
}

function publicationOf(data: RawJson, options: PublisherOptions): Publication {
  const { tags, excludeUser, nativeOnly } = options;
  return {
    data,
    ...(tags === undefined ? {} : { tags }),
    ...(excludeUser === undefined ? {} : { excludeUser }),
    ...(nativeOnly === undefined ? {} : { nativeOnly }),
  };
}

function brokerOptionsOf(rules: ChannelRules, options: PublisherOptions): PublishOptions {
  const lasting = options.skipHistory === true ? {} : rules.publishOptions;
  const key = options.idempotencyKey;
  return key === undefined ? lasting : { ...lasting, idempotencyKey: `s:${key}` };
}

/** Linear in the name's length, whatever the pattern: it may come from outside. */
function globOf(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  return (name) => {
    if (last === undefined) return name === first;
    if (!name.startsWith(first) || name.length < first.length + last.length) return false;
    if (!name.endsWith(last)) return false;
    let from = first.length;
    const end = name.length - last.length;
    for (const part of rest) {
      const at = name.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}
