/** What the link says: name and room to begin with, and perhaps a token, which leaves the URL at once. */

export interface Arrival {
  readonly name: string;
  readonly room: string;
  readonly token: string;
}

const DEFAULT_ROOM = 'lobby';

export function readArrival(): Arrival {
  const url = new URL(location.href);
  const token = url.searchParams.get('token') ?? '';
  if (token !== '') {
    url.searchParams.delete('token');
    history.replaceState(history.state, '', url);
  }
  return {
    name: url.searchParams.get('name') ?? '',
    room: url.searchParams.get('room') ?? DEFAULT_ROOM,
    token,
  };
}
