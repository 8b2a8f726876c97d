/** The field to write in: Enter sends, Shift+Enter breaks the line; the focus stays in it. */
import { defineComponent, h, shallowRef, useId } from 'vue';
import type { PropType } from 'vue';
import { isSendKey } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';

export const ChatComposer = defineComponent({
  name: 'ChatComposer',
  props: {
    /** Where it begins, and begins anew with another `key`. */
    initial: { type: String, default: '' },
    /** False while nothing can be sent yet: what is typed stays. */
    isReady: { type: Boolean, default: true },
    onDraft: { type: Function as PropType<(draft: string) => void> },
    onSend: { type: Function as PropType<(content: string) => void>, required: true },
  },
  setup(props) {
    const texts = useTexts();
    const draft = shallowRef(props.initial);
    const field = shallowRef<HTMLTextAreaElement | null>(null);
    const id = useId();
    const change = (text: string): void => {
      draft.value = text;
      props.onDraft?.(text);
    };
    const send = (): void => {
      field.value?.focus();
      const content = draft.value.trim();
      if (!props.isReady || content === '') return;
      props.onSend(content);
      change('');
    };
    const onKeydown = (event: KeyboardEvent): void => {
      if (!isSendKey(event)) return;
      event.preventDefault();
      send();
    };
    const onSubmit = (event: Event): void => {
      event.preventDefault();
      send();
    };
    const onInput = ({ target }: Event): void => {
      if (target instanceof HTMLTextAreaElement) change(target.value);
    };
    return () => {
      const { t } = texts.value;
      const attributes = {
        id,
        ref: field,
        class: 'carillon-composer-field',
        rows: 1,
        value: draft.value,
        placeholder: t('chat.placeholder'),
        onInput,
        onKeydown,
      } as const;
      return h('form', { class: 'carillon-composer', onSubmit }, [
        h('label', { class: 'carillon-hidden', for: id }, t('chat.compose')),
        h('textarea', attributes),
        h(
          'button',
          { type: 'submit', class: 'carillon-button', 'data-kind': 'main' },
          t('chat.send'),
        ),
      ]);
    };
  },
});
