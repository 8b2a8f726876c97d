/** One channel while the component is there. */
import { computed, shallowRef, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter, ShallowRef } from 'vue';
import { CarillonError } from '@carillon/client';
import type { ChannelState, Gap, Publication } from '@carillon/client';
import { useCarillon } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import { useReadable } from './use-readable.ts';

export interface UseChannelOptions {
  /** Each once, in order. */
  readonly onPublication?: (publication: Publication) => void;
  /** Some were missed for good: load anew what the channel tells of. */
  readonly onGap?: (gap: Gap) => void;
}

export interface UsedChannel {
  /** `failed` with `feature_off` where the page's route does not list what the channel is for. */
  readonly state: ComputedRef<ChannelState>;
  readonly lastPublication: Readonly<ShallowRef<Publication | undefined>>;
  /** @throws CarillonError */
  readonly publish: (data: unknown) => Promise<void>;
}

const UNSUBSCRIBED: ChannelState = { status: 'unsubscribed' };

/** @param name undefined: none for now */
export function useChannel(
  name: MaybeRefOrGetter<string | undefined>,
  options: UseChannelOptions = {},
): UsedChannel {
  const carillon = useCarillon();
  const channel = computed(() => {
    const wanted = toValue(name);
    return wanted === undefined ? undefined : carillon.value?.client.channel(wanted);
  });
  const refused = shallowRef<ChannelState>();
  const last = shallowRef<Publication>();
  const state = useReadable(() => channel.value?.state, UNSUBSCRIBED);
  watch(
    channel,
    (now, _, onCleanup) => {
      refused.value = undefined;
      last.value = undefined;
      if (now === undefined) return;
      const stops = [
        now.onPublication((publication) => {
          last.value = publication;
          options.onPublication?.(publication);
        }),
        now.onGap((gap) => options.onGap?.(gap)),
      ];
      try {
        stops.push(now.subscribe());
      } catch (error) {
        if (!(error instanceof CarillonError)) throw error;
        refused.value = { status: 'failed', error };
      }
      onCleanup(() => stops.forEach((stop) => stop()));
    },
    { immediate: true },
  );
  return {
    state: computed(() => refused.value ?? state.value),
    lastPublication: last,
    publish: async (data) => {
      if (channel.value === undefined) throw notConnected();
      await channel.value.publish(data);
    },
  };
}
