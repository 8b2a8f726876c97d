/** The field to write in, with what goes along. It keeps draft and focus, whatever the connection does. */
import { useEffect } from 'react';
import type { SyntheticEvent } from 'react';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { AttachmentTray } from './attachment-tray.tsx';
import { ComposerNote } from './composer-note.tsx';
import { ComposerRow } from './composer-row.tsx';
import { useComposer } from './use-composer.ts';
import type { ComposerInput } from './use-composer.ts';
import { useDropTarget } from './use-drop-target.ts';
import { VoiceBar } from './voice-bar.tsx';

export function Composer(input: ComposerInput) {
  const { t } = useMessengerText();
  const model = useComposer(input);
  const isDropping = useDropTarget(model.addFiles);
  const { field, recorder } = model;

  useEffect(() => {
    // On a phone this would open the keyboard over what one came to read.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, [field]);

  return (
    <form
      className={`composer${isDropping ? ' dropping' : ''}`}
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        model.send();
      }}
    >
      <AttachmentTray tray={model.tray} />
      {isDropping && <p className="drop-note">{t('compose.drop')}</p>}
      {recorder.state.status === 'recording' ? (
        <VoiceBar recorder={recorder} />
      ) : (
        <ComposerRow model={model} />
      )}
      <ComposerNote draft={model.draft} problem={model.problem} />
    </form>
  );
}
