/** One channel while the component is there. */
import { useCallback, useEffect, useState } from 'react';
import { CarillonError } from '@carillon/client';
import type { ChannelState, Gap, Publication } from '@carillon/client';
import { useCarillon } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import { useLatest } from './use-latest.ts';
import { useReadable } from './use-readable.ts';

export interface UseChannelOptions {
  /** Each once, in order. */
  readonly onPublication?: (publication: Publication) => void;
  /** Some were missed for good: load anew what the channel tells of. */
  readonly onGap?: (gap: Gap) => void;
}

export interface UsedChannel {
  /** `failed` with `feature_off` where the page's route does not list what the channel is for. */
  readonly state: ChannelState;
  readonly lastPublication: Publication | undefined;
  /** @throws CarillonError */
  readonly publish: (data: unknown) => Promise<void>;
}

const UNSUBSCRIBED: ChannelState = { status: 'unsubscribed' };

/** @param name undefined: none for now */
export function useChannel(name: string | undefined, options: UseChannelOptions = {}): UsedChannel {
  const client = useCarillon()?.client;
  const channel = name === undefined ? undefined : client?.channel(name);
  const latest = useLatest(options);
  const [refused, setRefused] = useState<ChannelState>();
  const [last, setLast] = useState<Publication>();
  useEffect(() => {
    if (channel === undefined) return;
    setRefused(undefined);
    setLast(undefined);
    const stops = [
      channel.onPublication((publication) => {
        setLast(publication);
        latest.current.onPublication?.(publication);
      }),
      channel.onGap((gap) => latest.current.onGap?.(gap)),
    ];
    try {
      stops.push(channel.subscribe());
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error;
      setRefused({ status: 'failed', error });
    }
    return () => stops.forEach((stop) => stop());
  }, [channel, latest]);
  const state = useReadable(channel?.state, UNSUBSCRIBED);
  const publish = useCallback(
    async (data: unknown) => {
      if (channel === undefined) throw notConnected();
      await channel.publish(data);
    },
    [channel],
  );
  return { state: refused ?? state, lastPublication: last, publish };
}
