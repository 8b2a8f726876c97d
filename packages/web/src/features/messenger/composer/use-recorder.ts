/** Records a voice note with the microphone, once the visitor has asked for it and the browser lets it. */
import { useEffect, useRef, useState } from 'react';
import type { PickedFile } from './upload-tray.ts';

export type RecorderState =
  | { readonly status: 'idle' | 'asking' | 'denied' }
  | { readonly status: 'recording'; readonly sinceMs: number };

export interface Recorder {
  readonly isSupported: boolean;
  readonly state: RecorderState;
  readonly start: () => Promise<void>;
  /** Keeps it. */
  readonly finish: () => void;
  readonly cancel: () => void;
}

/** In this order; every browser of today records one of them. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const EXTENSIONS: Readonly<Record<string, string>> = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' };

interface Running {
  readonly recorder: MediaRecorder;
  readonly chunks: Blob[];
  readonly sinceMs: number;
  isKept: boolean;
}

export function useRecorder(onVoice: (voice: PickedFile) => void): Recorder {
  const [state, setState] = useState<RecorderState>({ status: 'idle' });
  const running = useRef<Running>(undefined);
  const latest = useRef(onVoice);
  latest.current = onVoice;

  const end = (isKept: boolean): void => {
    const current = running.current;
    if (current === undefined) return;
    current.isKept = isKept;
    if (current.recorder.state !== 'inactive') current.recorder.stop();
  };
  useEffect(() => () => end(false), []);

  const start = async (): Promise<void> => {
    setState({ status: 'asking' });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
      const current: Running = { recorder, chunks: [], sinceMs: Date.now(), isKept: false };
      running.current = current;
      recorder.addEventListener('dataavailable', ({ data }) => current.chunks.push(data));
      recorder.addEventListener('stop', () => {
        for (const track of stream.getTracks()) track.stop();
        running.current = undefined;
        setState({ status: 'idle' });
        if (current.isKept) latest.current(voiceOf(current));
      });
      recorder.start();
      setState({ status: 'recording', sinceMs: current.sinceMs });
    } catch {
      setState({ status: 'denied' });
    }
  };

  return {
    isSupported: 'MediaRecorder' in globalThis && navigator.mediaDevices !== undefined,
    state,
    start,
    finish: () => end(true),
    cancel: () => end(false),
  };
}

function voiceOf({ recorder, chunks, sinceMs }: Running): PickedFile {
  const type = recorder.mimeType.split(';')[0] ?? 'audio/webm';
  const name = `voice.${EXTENSIONS[type] ?? 'webm'}`;
  return { file: new File(chunks, name, { type }), durationMs: Date.now() - sinceMs };
}
