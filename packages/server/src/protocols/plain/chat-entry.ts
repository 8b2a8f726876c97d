/** Who enters which room, settled from the URL and the verified credential before anything else. */
import { PLAIN_CLOSES, type Disconnect } from '@carillon/protocol';
import type { Identity } from '../../ports/authenticator.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import { isRefusal, type Credential } from './admission.ts';
import { readName } from './names.ts';
import { claimedPerson, guestName, verifiedPerson, type Person } from './people.ts';
import type { PlainDeps } from './plain-deps.ts';
import type { PlainError } from './plain-frames.ts';

const DEFAULT_ROOM = 'lobby';

export type ChatEntry =
  | {
      readonly type: 'inside';
      readonly person: Person;
      readonly identity: Identity;
      readonly room: string;
    }
  /** A name or room that cannot be: the connection stays, is told so, and is in no room. */
  | { readonly type: 'outside'; readonly identity: Identity; readonly error: PlainError }
  | { readonly type: 'refused'; readonly close: Disconnect };

const refused: ChatEntry = { type: 'refused', close: PLAIN_CLOSES.unauthorized };
const NOBODY: Identity = { user: '' };
const GUEST: Identity = { user: '', isGuest: true };

interface Entrant {
  readonly person: Person;
  /** Of the token; NOBODY for whose name is taken at its word, GUEST for whose is not. */
  readonly verified: Identity;
}

/** `verified` gives the end of the token and what others are shown; the user is the person's. */
const enterAs = (
  deps: PlainDeps,
  request: HandshakeRequest,
  { person, verified }: Entrant,
): ChatEntry => {
  const room = readName(request.query.get('room') ?? DEFAULT_ROOM, deps.limits.maxNameLength);
  return room.ok
    ? { type: 'inside', person, identity: { ...verified, user: person.user }, room: room.value }
    : {
        type: 'outside',
        identity: { ...verified, user: '' },
        error: { error: room.error, field: 'room' },
      };
};

export const chatEntry = (
  deps: PlainDeps,
  request: HandshakeRequest,
  credential: Credential,
): ChatEntry => {
  if (isRefusal(credential)) return { type: 'refused', close: credential };
  const claimed = request.params['username'];
  if (credential !== 'anonymous') {
    // A verified id may be longer or stranger than a chosen name; it only has to be the same.
    const isSame = claimed === undefined || claimed.trim() === credential.user.trim();
    const person = verifiedPerson(credential.user);
    return isSame ? enterAs(deps, request, { person, verified: credential }) : refused;
  }
  if (claimed === undefined) {
    const guest = claimedPerson(guestName(deps.random), deps.anonymous.open);
    return enterAs(deps, request, { person: guest, verified: GUEST });
  }
  const name = readName(claimed, deps.limits.maxNameLength);
  if (!name.ok) {
    return {
      type: 'outside',
      identity: NOBODY,
      error: { error: name.error, field: 'username' },
    };
  }
  const person = claimedPerson(name.value, deps.anonymous.open);
  const verified = deps.anonymous.open ? NOBODY : GUEST;
  return enterAs(deps, request, { person, verified });
};
