/** What a hub remembers of one stream, for riders that have less than the others. Pure. */
import type { Publication, StreamPosition } from '../channel.ts';

const MAX_REMEMBERED = 300;

export interface HubLog {
  /** From here on everything is remembered; what was before is forgotten. */
  begin(start: StreamPosition | undefined): void;
  add(publication: Publication, epoch: string | undefined): void;
  /** What came after; undefined where it is not known completely. */
  since(position: StreamPosition | undefined): readonly Publication[] | undefined;
}

export function createHubLog(): HubLog {
  let start: StreamPosition | undefined;
  let remembered: Publication[] = [];
  return {
    begin(position) {
      start = position;
      remembered = [];
    },
    add(publication, epoch) {
      const { offset } = publication;
      if (offset === undefined || epoch === undefined) return;
      if (start?.epoch !== epoch) {
        start = { epoch, offset: offset - 1 };
        remembered = [];
      }
      remembered.push(publication);
      if (remembered.length <= MAX_REMEMBERED) return;
      start = { epoch, offset: remembered.shift()?.offset ?? offset };
    },
    since(position) {
      const isCovered =
        position !== undefined &&
        position.epoch === start?.epoch &&
        position.offset >= start.offset;
      if (!isCovered) return undefined;
      return remembered.filter(({ offset = 0 }) => offset > position.offset);
    },
  };
}
