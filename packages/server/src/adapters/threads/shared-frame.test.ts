import type { ChannelEvent, Publication } from '@carillon/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NATIVE_JSON } from '../../protocols/native/native-format.ts';
import { FanOut } from './fan-out.ts';
import type { RunReceiver } from './fan-out.ts';
import type { Run } from './messages.ts';
import { PreparedFrames } from './prepared-frames.ts';
import { publicationOver, SHARED_FROM, shareFrame } from './shared-frame.ts';

const encodeFrame = (channel: string, event: ChannelEvent): Uint8Array | undefined =>
  NATIVE_JSON.encodeEvents(channel, [event]);
const eventOf = (publication: Publication): ChannelEvent => ({ type: 'publication', publication });

function fanOutTo(count: number) {
  const runs: Run[][] = Array.from({ length: count }, () => []);
  const fanOut = new FanOut(() => undefined, encodeFrame);
  for (const mine of runs) {
    fanOut.add('a', { addRun: (run) => mine.push(run) } satisfies RunReceiver);
  }
  const publish = (...publications: readonly Publication[]) => {
    for (const each of publications) fanOut.handleEvent('a', eventOf(each), 'epoch');
    fanOut.flush();
    return runs.map((mine) => mine.splice(0));
  };
  return publish;
}

describe('shared frames', () => {
  it('of any publication give back its text and are the frame that would be sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.string()),
        (channel, value, tags) => {
          const info = { user: '"data":', client: 'c', connInfo: '{"data":1}' };
          const publication = { data: JSON.stringify(value), offset: 7, info, tags };
          const encoded = encodeFrame(channel, eventOf(publication)) ?? new Uint8Array();
          const shared = shareFrame(encoded, publication.data);
          if (shared === undefined) throw new Error('not shared');
          expect(Buffer.compare(shared.frame, encoded)).toBe(0);
          expect({ ...publicationOver(shared, { ...publication }) }).toEqual({
            ...publication,
            data: Buffer.from(publication.data).toString(),
          });
        },
      ),
    );
  });

  it('are made of large publications for several threads, one for all of them', () => {
    const publication = { data: JSON.stringify('x'.repeat(SHARED_FROM / 2)), offset: 3 };
    const [one, two] = fanOutTo(2)(publication);
    const shared = one?.[0]?.shared;
    expect(shared?.frame.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(two?.[0]?.shared).toBe(shared);
    expect(one?.[0]?.events).toEqual([eventOf({ data: '', offset: 3 })]);
  });

  it('are not made for one thread, of small publications, or of several in one turn', () => {
    const large = { data: JSON.stringify('x'.repeat(SHARED_FROM)), offset: 1 };
    const small = { data: '{"n":1}', offset: 2 };
    const runs = [
      ...fanOutTo(1)(large),
      ...fanOutTo(2)(small),
      ...fanOutTo(2)(large, { ...large, offset: 2 }),
    ];
    for (const [run] of runs) expect(run?.shared).toBeUndefined();
    expect(runs[0]?.[0]?.events).toEqual([eventOf(large)]);
  });

  it('are what the format sends for that publication alone, and for no other run', () => {
    const frames = new PreparedFrames();
    const format = frames.over(NATIVE_JSON);
    const [event, other] = [eventOf({ data: '1', offset: 1 }), eventOf({ data: '2', offset: 2 })];
    const frame = new Uint8Array(new SharedArrayBuffer(4));
    frames.keep(event, frame);
    expect(format.encodeEvents('a', [event])).toBe(frame);
    for (const events of [[other], [event, other]]) {
      expect(format.encodeEvents('a', events)).toEqual(NATIVE_JSON.encodeEvents('a', events));
    }
  });
});
