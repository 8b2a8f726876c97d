/** Publications and publishers as programs see them. */
import type { Publication, Publisher } from '../channel.ts';
import type { WireInfo, WirePublication } from '../connection/wire.ts';

export const toPublisher = ({ user, client, conn_info, chan_info }: WireInfo): Publisher => ({
  user,
  client,
  ...(conn_info !== undefined && { connInfo: conn_info }),
  ...(chan_info !== undefined && { chanInfo: chan_info }),
});

export const toPublication = ({ info, ...rest }: WirePublication): Publication =>
  info ? { ...rest, info: toPublisher(info) } : rest;
