/** The internal channels of plain endpoints. They begin with `$`, so no client can name them. */

export const ECHO_PREFIX = '$echo:';

/** What a person's own connections at `/ws/{user_id}` say to each other. */
export const echoChannel = (user: string): string => `${ECHO_PREFIX}${user}`;

/**
 * Private messages to one person in one room. The length makes the name unambiguous: room `a:b`
 * with user `c` must not be room `a` with user `b:c`.
 */
export const privateChannel = (room: string, user: string): string =>
  `$private:${room.length}:${room}:${user}`;
